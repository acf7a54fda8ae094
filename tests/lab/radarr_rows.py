"""Radarr's rows: a library of fictional films."""

from lab.guest import GIB
from lab.wire import Json, JsonObject, rfc3339

_WIKI = "https://wiki.servarr.com/radarr/system#"
_FILMS = (
    (1, "The Quiet Rack", 2019, True),
    (2, "Night of the Long Rebuild", 2021, True),
    (3, "A Cable for Two", 2023, False),
    (4, "Parity", 2024, True),
    (5, "The Last Backup", 2025, False),
)
_ENGLISH: JsonObject = {"id": 1, "name": "English"}
_QUALITY: JsonObject = {
    "quality": {"id": 3, "name": "WEBDL-1080p", "source": "webdl", "resolution": 1080, "modifier": "none"},
    "revision": {"version": 1, "real": 0, "isRepack": False},
}


def system_status(started_at: float) -> JsonObject:
    """Return the data of GET /system/status; `started_at` is wall time."""
    return {
        "appName": "Radarr",
        "instanceName": "Radarr",
        "version": "6.1.2.10358",
        "buildTime": "2026-10-02T09:14:00Z",
        "isDebug": False,
        "isProduction": True,
        "isAdmin": False,
        "isUserInteractive": False,
        "startupPath": "/opt/Radarr",
        "appData": "/var/lib/radarr",
        "osName": "debian",
        "osVersion": "13",
        "isNetCore": True,
        "isLinux": True,
        "isOsx": False,
        "isWindows": False,
        "isDocker": False,
        "mode": "console",
        "branch": "master",
        "databaseType": "sqLite",
        "databaseVersion": "3.46.1",
        "authentication": "forms",
        "migrationVersion": 242,
        "urlBase": "",
        "runtimeVersion": "8.0.20",
        "runtimeName": ".NET",
        "startTime": rfc3339(started_at),
        "packageVersion": "",
        "packageAuthor": "",
        "packageUpdateMechanism": "builtIn",
        "packageUpdateMechanismMessage": "",
    }


def health(*, is_under_pressure: bool) -> Json:
    """Return the rows of GET /health, none without problems."""
    if not is_under_pressure:
        return []
    return [
        {
            "id": 1,
            "source": "IndexerStatusCheck",
            "type": "error",
            "message": "All indexers are unavailable due to failures",
            "wikiUrl": f"{_WIKI}indexers-are-unavailable-due-to-failures",
        },
        {
            "id": 2,
            "source": "DownloadClientStatusCheck",
            "type": "warning",
            "message": "Download clients unavailable due to failures: SABnzbd",
            "wikiUrl": f"{_WIKI}download-clients-are-unavailable-due-to-failures",
        },
    ]


def diskspace(used: int, total: int) -> Json:
    """Return the rows of GET /diskspace."""
    return [
        {"id": 1, "path": "/", "label": "", "freeSpace": total - used, "totalSpace": total},
        {"id": 2, "path": "/media", "label": "media", "freeSpace": 3411 * GIB, "totalSpace": 14902 * GIB},
    ]


def root_folders(*, is_mounted: bool) -> Json:
    """Return the rows of GET /rootfolder."""
    free: JsonObject = {"freeSpace": 3411 * GIB} if is_mounted else {}
    return [{"id": 1, "path": "/media/films", "accessible": is_mounted, "unmappedFolders": [], **free}]


def queue(wall: float, *, is_stalled: bool) -> list[Json]:
    """Return the rows of GET /queue: two downloads, of which the second stalls under memory pressure."""
    return [
        _download(1, 3, "downloading", "ok", wall + 900, []),
        _download(
            2,
            5,
            "warning" if is_stalled else "downloading",
            "warning" if is_stalled else "ok",
            wall + 2400,
            ["The download is stalled with no connections"] if is_stalled else [],
        ),
    ]


def queue_status(*, is_stalled: bool) -> JsonObject:
    """Return the data of GET /queue/status."""
    return {
        "id": 1,
        "totalCount": 2,
        "count": 2,
        "unknownCount": 0,
        "errors": False,
        "warnings": is_stalled,
        "unknownErrors": False,
        "unknownWarnings": False,
    }


def movies() -> list[JsonObject]:
    """Return the rows of GET /movie."""
    return [_movie(number, title, year, has_file=has_file) for number, title, year, has_file in _FILMS]


def log(wall: float, *, is_under_pressure: bool) -> list[Json]:
    """Return the rows of GET /log, newest first."""
    rows: list[Json] = [
        _line(1, wall - 3600, "info", "RssSyncService", "RSS Sync Completed. Reports found: 120")
    ]
    if is_under_pressure:
        rows.insert(0, _line(2, wall - 20, "warn", "HttpClient", "The request timed out after 100 seconds"))
        rows.insert(
            0,
            _line(
                3,
                wall - 5,
                "error",
                "TaskScheduler",
                "Error occurred while executing task RssSync: "
                "Exception of type 'System.OutOfMemoryException' was thrown.",
                "System.OutOfMemoryException",
            ),
        )
    return rows


def _movie(number: int, title: str, year: int, *, has_file: bool) -> JsonObject:
    slug = title.lower().replace(" ", "-")
    size = int(4.2 * GIB) if has_file else 0
    return {
        "id": number,
        "title": title,
        "originalTitle": title,
        "originalLanguage": _ENGLISH,
        "alternateTitles": [],
        "secondaryYearSourceId": 0,
        "sortTitle": title.lower().removeprefix("the "),
        "sizeOnDisk": size,
        "status": "released",
        "overview": f"{title}, a film about keeping servers.",
        "images": [],
        "website": "",
        "year": year,
        "studio": "Loopback Pictures",
        "path": f"/media/films/{title} ({year})",
        "qualityProfileId": 1,
        "hasFile": has_file,
        "movieFileId": number if has_file else 0,
        "monitored": True,
        "minimumAvailability": "released",
        "isAvailable": True,
        "folderName": f"/media/films/{title} ({year})",
        "runtime": 96 + number,
        "cleanTitle": title.lower().replace(" ", ""),
        "imdbId": f"tt99000{number:02d}",
        "tmdbId": 990_000 + number,
        "titleSlug": slug,
        "rootFolderPath": "/media/films",
        "genres": ["Drama"],
        "keywords": [],
        "tags": [],
        "added": f"{year}-03-01T12:00:00Z",
        "ratings": {"tmdb": {"votes": 120, "value": 7.1, "type": "user"}},
        "popularity": 4.2,
        "statistics": {"movieFileCount": int(has_file), "sizeOnDisk": size, "releaseGroups": []},
    }


def _download(
    number: int, movie_id: int, status: str, tracked: str, done_at: float, messages: list[str]
) -> JsonObject:
    title = next(film[1] for film in _FILMS if film[0] == movie_id)
    size = 4_509_715_660
    details: list[Json] = [{"title": title, "messages": [*messages]}] if messages else []
    return {
        "id": number,
        "movieId": movie_id,
        "languages": [_ENGLISH],
        "quality": _QUALITY,
        "customFormats": [],
        "customFormatScore": 0,
        "size": size,
        "title": f"{title.replace(' ', '.')}.1080p.WEB-DL",
        "estimatedCompletionTime": rfc3339(done_at),
        "added": rfc3339(done_at - 7200),
        "status": status,
        "trackedDownloadStatus": tracked,
        "trackedDownloadState": "downloading",
        "statusMessages": details,
        "downloadId": f"SABnzbd_nzo_lab{number}",
        "protocol": "usenet",
        "downloadClient": "SABnzbd",
        "downloadClientHasPostImportCategory": False,
        "indexer": "Lab Indexer",
        "outputPath": f"/media/incomplete/{title}",
        "sizeleft": size // (number + 1),
        "timeleft": "00:15:00" if number == 1 else "00:40:00",
    }


def _line(
    number: int, at: float, level: str, logger: str, message: str, exception_type: str | None = None
) -> JsonObject:
    row: JsonObject = {
        "id": number,
        "time": rfc3339(at),
        "level": level,
        "logger": logger,
        "message": message,
    }
    if exception_type is not None:
        row["exceptionType"] = exception_type
        row["exception"] = f"{exception_type}: {message}"
    return row
