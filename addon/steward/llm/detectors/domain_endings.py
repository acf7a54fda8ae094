"""Domain endings of home networks, top-level domains, and public sites."""

from typing import Final

_HOME_ENDINGS_TEXT: Final = (
    "lan home local internal intranet localdomain home.arpa corp private box intern heim huis thuis lab "
    "homelab ts.net duckdns.org dyndns.org dynu.com no-ip.org no-ip.com ddns.net hopto.org zapto.org "
    "synology.me myqnapcloud.com myfritz.net selfhost.eu freeddns.org afraid.org mywire.org fritz.box "
    "nabu.casa dedyn.io goip.de spdns.de ddnss.de dynv6.net sytes.net myds.me i234.me quickconnect.to "
    "keenetic.link asuscomm.com tplinkdns.com mynetname.net onthewifi.com webhop.me"
)
HOME_ENDINGS: Final = tuple("." + ending for ending in _HOME_ENDINGS_TEXT.split())
_TOP_LEVEL_DOMAINS_TEXT: Final = (
    "com org net info biz name dev app cloud xyz me io eu at de ch fr be nl lu it es pt uk ie dk se no "
    "fi ee lv lt pl cz sk hu ro bg gr hr si rs us ca mx br ar cl co au nz jp kr cn tw hk in za tr il ru "
    "ua email family house tech online site space network systems zone club live life world li is cat "
    "pro tv cc ws gg sh ai so digital host page link berlin wien amsterdam paris london rocks fun casa "
    "haus"
)
TOP_LEVEL_DOMAINS: Final = frozenset(_TOP_LEVEL_DOMAINS_TEXT.split())
_PUBLIC_SITES_TEXT: Final = (
    "github.com githubusercontent.com github.io githubassets.com gitlab.com codeberg.org "
    "k8s.io kubernetes.io cncf.io linuxserver.io "
    "home-assistant.io nabucasa.com google.com googleapis.com gstatic.com gmail.com googlemail.com "
    "cloudflare.com cloudflare-dns.com letsencrypt.org zerossl.com amazonaws.com aws.amazon.com "
    "microsoft.com office365.com outlook.com office.com live.com windows.net azure.com apple.com "
    "icloud.com mozilla.org firefox.com wikipedia.org openai.com anthropic.com huggingface.co "
    "openrouter.ai telegram.org t.me whatsapp.com discord.com slack.com pushover.net ntfy.sh signal.org "
    "ubuntu.com kernel.org proxmox.com grafana.com grafana.net prometheus.io influxdata.com example.com "
    "example.org example.net example.edu example.invalid ntp.org plex.tv plex.direct jellyfin.org "
    "themoviedb.org thetvdb.com tvdb.com tmdb.org w3.org ietf.org json-schema.org yaml.org mozilla.com "
    "truenas.com opnsense.org pfsense.org openwrt.org pi-hole.net adguard.com traefik.io hashicorp.com "
    "stackoverflow.com stackexchange.com serverfault.com reddit.com youtube.com python.org "
    "readthedocs.io rust-lang.org golang.org go.dev nodejs.org mqtt.org hivemq.com mosquitto.org esphome.io "
    "zigbee2mqtt.io tasmota.com shelly.cloud tuya.com ui.com ubnt.com synology.com qnap.com "
    "backblazeb2.com backblaze.com wasabisys.com hetzner.com hetzner.cloud digitalocean.com linode.com "
    "ovh.net tailscale.com tailscale.io wireguard.com zerotier.com duckdns.com opendns.com quad9.net "
    "mailgun.org sendgrid.net fastmail.com gmx.net gmx.de web.de posteo.de mailbox.org protonmail.ch "
    "proton.me zoho.com yahoo.com ionos.de ionos.com strato.de xs4all.nl kpn.com ziggo.nl t-online.de "
    "one.com opensubtitles.com fanart.tv musicbrainz.org radarr.video sonarr.tv servarr.com spotify.com "
    "netflix.com amazon.com open-meteo.com openweathermap.org met.no knmi.nl tibber.com entsoe.eu "
    "nordpoolgroup.com octopus.energy argoproj.io fluxcd.io cert-manager.io helm.sh containerd.io "
    "opencontainers.org coreos.com projectcalico.org elastic.co mongodb.com mongodb.org redis.io "
    "postgresql.org mariadb.org mysql.com nginx.org nginx.com apache.org letsdebug.net crowdsec.net "
    "sentry.io healthchecks.io uptimerobot.com mediaarea.net videolan.org ffmpeg.org debian.net "
    "archlinux.org fedoraproject.org redhat.com centos.org alpinelinux.org rockylinux.org suse.com "
    "ptb.de nist.gov netnod.se ntp.se dns.google nextdns.io mullvad.net dns0.eu controld.com dns.sb "
    "libredns.gr "
    "cleanbrowsing.org digitalcourage.de he.net "
    "debian.org debian.net devuan.org linuxmint.com raspberrypi.com raspberrypi.org raspbian.org armbian.com "
    "pkgbuild.com manjaro.org opensuse.org almalinux.org nixos.org freebsd.org "
    "launchpad.net canonical.com launchpadcontent.net "
    "nvidia.com intel.com tensorflow.org pytorch.org "
    "linuxfoundation.org freedesktop.org gnu.org sourceforge.net bitbucket.org"
)
PUBLIC_SITES: Final = frozenset(_PUBLIC_SITES_TEXT.split())
_MAIL_PROVIDERS_TEXT: Final = (
    "gmail.com googlemail.com outlook.com live.com icloud.com fastmail.com gmx.net gmx.de web.de posteo.de "
    "mailbox.org protonmail.ch proton.me zoho.com yahoo.com ionos.de ionos.com strato.de xs4all.nl kpn.com "
    "ziggo.nl t-online.de one.com"
)
MAIL_PROVIDERS: Final = frozenset(_MAIL_PROVIDERS_TEXT.split())
"""Public sites at which people have mail accounts."""
_MIRROR_OPERATORS_TEXT: Final = (
    "rwth-aachen.de tu-chemnitz.de tu-dresden.de tu-ilmenau.de uni-erlangen.de fau.de uni-stuttgart.de "
    "uni-kl.de uni-mainz.de uni-hannover.de uni-bayreuth.de uni-muenster.de uni-frankfurt.de tum.de lrz.de "
    "gwdg.de hs-esslingen.de selfnet.de plusline.net netcologne.de 23media.com dogado.de "
    "23m.com wtnet.de inf.tu-dresden.de imt-systems.com mirrorservice.org bytemark.co.uk ukfast.co.uk "
    "heanet.ie belnet.be telenet.be kumi.systems tuwien.ac.at univie.ac.at inode.at switch.ch init7.net "
    "ethz.ch solnet.ch leaseweb.net leaseweb.com i3d.net utwente.nl nluug.nl surfnet.nl tudelft.nl "
    "serverion.com transip.nl vpsfree.nl proxad.net free.fr ircam.fr crifo.org univ-reims.fr "
    "univ-nantes.fr univ-pau.fr lip6.fr jussieu.fr ovh.ca milkywan.fr rediris.es udc.es uvigo.es caliu.cat "
    "unizar.es librelabucm.org cesnet.cz cvut.cz muni.cz nic.cz dkm.cz icm.edu.pl task.gda.pl funet.fi "
    "acc.umu.se lysator.liu.se sunet.se dotsrc.org uib.no uninett.no garr.it unina.it osuosl.org "
    "mit.edu rit.edu umich.edu clarkson.edu xmission.com steadfast.net fcix.net yandex.ru truenetwork.ru "
    "tuna.tsinghua.edu.cn ustc.edu.cn aliyun.com jaist.ac.jp riken.jp aarnet.edu.au princeton.edu"
)
MIRROR_OPERATORS: Final = frozenset(_MIRROR_OPERATORS_TEXT.split())
"""Universities and providers with public servers for downloads: ``ftp.halifax.rwth-aachen.de``."""
_MIRROR_NAMES_TEXT: Final = (
    "ftp ftp1 ftp2 ftp3 mirror mirror1 mirror2 mirrors mirrorlist archive download debian ubuntu alpine "
    "archlinux fedora centos rocky miroir miroirs"
)
MIRROR_NAMES: Final = frozenset(_MIRROR_NAMES_TEXT.split())
"""What such a server is called."""
_PUBLIC_SERVICES_TEXT: Final = (
    "docs doc developer developers blog forum forums community download downloads mirror mirrors cdn pkg "
    "pkgs packages updates registry hub archive releases help support repo repos charts ntp time pool "
    "security deb"
)
PUBLIC_SERVICES: Final = frozenset(_PUBLIC_SERVICES_TEXT.split())
_DEFAULT_HOSTS_TEXT: Final = (
    "raspberrypi.local homeassistant.local hassio.local octopi.local unifi.local truenas.local "
    "retropie.local "
    "openwrt.lan fritz.box wpad.local pi.hole mainsailos.local fluiddpi.local volumio.local wled.local"
)
DEFAULT_HOSTS: Final = frozenset(_DEFAULT_HOSTS_TEXT.split())
"""What devices and programs are called in every network at first."""
_NOT_HOSTS_TEXT: Final = (
    "zone person sensor binary_sensor light switch climate cover lock camera media_player automation "
    "script scene input_boolean input_number input_select input_text input_datetime group sun weather "
    "device_tracker update button number select event calendar todo vacuum fan alarm_control_panel "
    "homeassistant notify tts counter timer siren humidifier water_heater valve remote image text "
    "conversation assist_satellite states state_attr trigger this self config entry data metadata spec "
    "status labels annotations pod pods container containers item items value values event events "
    "response request result args kwargs params options settings process os sys json asyncio aiohttp "
    "logging logger app module system user org com io net app dev kubernetes custom_components"
)
NOT_HOSTS: Final = frozenset(_NOT_HOSTS_TEXT.split())
"""First parts of names with dots that are not hosts: entities, fields and packages."""
