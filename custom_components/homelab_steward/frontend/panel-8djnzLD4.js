var e=`M13 14H11V9H13M13 18H11V16H13M1 21H23L12 2L1 21Z`,t=`M13,13H11V7H13M13,17H11V15H13M12,2A10,10 0 0,0 2,12A10,10 0 0,0 12,22A10,10 0 0,0 22,12A10,10 0 0,0 12,2Z`,n=`M11,15H13V17H11V15M11,7H13V13H11V7M12,2C6.47,2 2,6.5 2,12A10,10 0 0,0 12,22A10,10 0 0,0 22,12A10,10 0 0,0 12,2M12,20A8,8 0 0,1 4,12A8,8 0 0,1 12,4A8,8 0 0,1 20,12A8,8 0 0,1 12,20Z`,r=`M12 2C6.5 2 2 6.5 2 12S6.5 22 12 22 22 17.5 22 12 17.5 2 12 2M10 17L5 12L6.41 10.59L10 14.17L17.59 6.58L19 8L10 17Z`,i=`M19,15H15A3,3 0 0,1 12,18A3,3 0 0,1 9,15H5V5H19M19,3H5C3.89,3 3,3.9 3,5V19A2,2 0 0,0 5,21H19A2,2 0 0,0 21,19V5A2,2 0 0,0 19,3Z`,a=`M13,9H11V7H13M13,17H11V11H13M12,2A10,10 0 0,0 2,12A10,10 0 0,0 12,22A10,10 0 0,0 22,12A10,10 0 0,0 12,2Z`,o=globalThis,s=o.ShadowRoot&&(o.ShadyCSS===void 0||o.ShadyCSS.nativeShadow)&&`adoptedStyleSheets`in Document.prototype&&`replace`in CSSStyleSheet.prototype,c=Symbol(),l=new WeakMap,u=class{constructor(e,t,n){if(this._$cssResult$=!0,n!==c)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(s&&e===void 0){let n=t!==void 0&&t.length===1;n&&(e=l.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),n&&l.set(t,e))}return e}toString(){return this.cssText}},d=e=>new u(typeof e==`string`?e:e+``,void 0,c),f=(e,...t)=>new u(e.length===1?e[0]:t.reduce((t,n,r)=>t+(e=>{if(!0===e._$cssResult$)return e.cssText;if(typeof e==`number`)return e;throw Error(`Value passed to 'css' function must be a 'css' function result: `+e+`. Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.`)})(n)+e[r+1],e[0]),e,c),p=(e,t)=>{if(s)e.adoptedStyleSheets=t.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let n of t){let t=document.createElement(`style`),r=o.litNonce;r!==void 0&&t.setAttribute(`nonce`,r),t.textContent=n.cssText,e.appendChild(t)}},m=s?e=>e:e=>e instanceof CSSStyleSheet?(e=>{let t=``;for(let n of e.cssRules)t+=n.cssText;return d(t)})(e):e,{is:ee,defineProperty:te,getOwnPropertyDescriptor:ne,getOwnPropertyNames:re,getOwnPropertySymbols:ie,getPrototypeOf:ae}=Object,h=globalThis,oe=h.trustedTypes,se=oe?oe.emptyScript:``,ce=h.reactiveElementPolyfillSupport,g=(e,t)=>e,_={toAttribute(e,t){switch(t){case Boolean:e=e?se:null;break;case Object:case Array:e=e==null?e:JSON.stringify(e)}return e},fromAttribute(e,t){let n=e;switch(t){case Boolean:n=e!==null;break;case Number:n=e===null?null:Number(e);break;case Object:case Array:try{n=JSON.parse(e)}catch{n=null}}return n}},le=(e,t)=>!ee(e,t),ue={attribute:!0,type:String,converter:_,reflect:!1,useDefault:!1,hasChanged:le};Symbol.metadata??=Symbol(`metadata`),h.litPropertyMetadata??=new WeakMap;var v=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=ue){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let n=Symbol(),r=this.getPropertyDescriptor(e,n,t);r!==void 0&&te(this.prototype,e,r)}}static getPropertyDescriptor(e,t,n){let{get:r,set:i}=ne(this.prototype,e)??{get(){return this[t]},set(e){this[t]=e}};return{get:r,set(t){let a=r?.call(this);i?.call(this,t),this.requestUpdate(e,a,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??ue}static _$Ei(){if(this.hasOwnProperty(g(`elementProperties`)))return;let e=ae(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(g(`finalized`)))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(g(`properties`))){let e=this.properties,t=[...re(e),...ie(e)];for(let n of t)this.createProperty(n,e[n])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[e,n]of t)this.elementProperties.set(e,n)}this._$Eh=new Map;for(let[e,t]of this.elementProperties){let n=this._$Eu(e,t);n!==void 0&&this._$Eh.set(n,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let n=new Set(e.flat(1/0).reverse());for(let e of n)t.unshift(m(e))}else e!==void 0&&t.push(m(e));return t}static _$Eu(e,t){let n=t.attribute;return!1===n?void 0:typeof n==`string`?n:typeof e==`string`?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let n of t.keys())this.hasOwnProperty(n)&&(e.set(n,this[n]),delete this[n]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return p(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,n){this._$AK(e,n)}_$ET(e,t){let n=this.constructor.elementProperties.get(e),r=this.constructor._$Eu(e,n);if(r!==void 0&&!0===n.reflect){let i=(n.converter?.toAttribute===void 0?_:n.converter).toAttribute(t,n.type);this._$Em=e,i==null?this.removeAttribute(r):this.setAttribute(r,i),this._$Em=null}}_$AK(e,t){let n=this.constructor,r=n._$Eh.get(e);if(r!==void 0&&this._$Em!==r){let e=n.getPropertyOptions(r),i=typeof e.converter==`function`?{fromAttribute:e.converter}:e.converter?.fromAttribute===void 0?_:e.converter;this._$Em=r;let a=i.fromAttribute(t,e.type);this[r]=a??this._$Ej?.get(r)??a,this._$Em=null}}requestUpdate(e,t,n,r=!1,i){if(e!==void 0){let a=this.constructor;if(!1===r&&(i=this[e]),n??=a.getPropertyOptions(e),!((n.hasChanged??le)(i,t)||n.useDefault&&n.reflect&&i===this._$Ej?.get(e)&&!this.hasAttribute(a._$Eu(e,n))))return;this.C(e,t,n)}!1===this.isUpdatePending&&(this._$ES=this._$EP())}C(e,t,{useDefault:n,reflect:r,wrapped:i},a){n&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,a??t??this[e]),!0!==i||a!==void 0)||(this._$AL.has(e)||(this.hasUpdated||n||(t=void 0),this._$AL.set(e,t)),!0===r&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[e,t]of this._$Ep)this[e]=t;this._$Ep=void 0}let e=this.constructor.elementProperties;if(e.size>0)for(let[t,n]of e){let{wrapped:e}=n,r=this[t];!0!==e||this._$AL.has(t)||r===void 0||this.C(t,void 0,n,r)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(e=>e.hostUpdate?.()),this.update(t)):this._$EM()}catch(t){throw e=!1,this._$EM(),t}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(e){}firstUpdated(e){}};v.elementStyles=[],v.shadowRootOptions={mode:`open`},v[g(`elementProperties`)]=new Map,v[g(`finalized`)]=new Map,ce?.({ReactiveElement:v}),(h.reactiveElementVersions??=[]).push(`2.1.2`);var de=globalThis,fe=e=>e,y=de.trustedTypes,pe=y?y.createPolicy(`lit-html`,{createHTML:e=>e}):void 0,b=`$lit$`,x=`lit$${Math.random().toFixed(9).slice(2)}$`,me=`?`+x,he=`<${me}>`,S=document,C=()=>S.createComment(``),w=e=>e===null||typeof e!=`object`&&typeof e!=`function`,ge=Array.isArray,_e=e=>ge(e)||typeof e?.[Symbol.iterator]==`function`,ve=`[ 	
\f\r]`,T=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,ye=/-->/g,be=/>/g,E=RegExp(`>|${ve}(?:([^\\s"'>=/]+)(${ve}*=${ve}*(?:[^ \t\n\f\r"'\`<>=]|("|')|))|$)`,`g`),xe=/'/g,Se=/"/g,Ce=/^(?:script|style|textarea|title)$/i,we=e=>(t,...n)=>({_$litType$:e,strings:t,values:n}),D=we(1),O=we(2),k=Symbol.for(`lit-noChange`),A=Symbol.for(`lit-nothing`),Te=new WeakMap,j=S.createTreeWalker(S,129);function Ee(e,t){if(!ge(e)||!e.hasOwnProperty(`raw`))throw Error(`invalid template strings array`);return pe===void 0?t:pe.createHTML(t)}var De=(e,t)=>{let n=e.length-1,r=[],i,a=t===2?`<svg>`:t===3?`<math>`:``,o=T;for(let t=0;t<n;t++){let n=e[t],s,c,l=-1,u=0;for(;u<n.length&&(o.lastIndex=u,c=o.exec(n),c!==null);)u=o.lastIndex,o===T?c[1]===`!--`?o=ye:c[1]===void 0?c[2]===void 0?c[3]!==void 0&&(o=E):(Ce.test(c[2])&&(i=RegExp(`</`+c[2],`g`)),o=E):o=be:o===E?c[0]===`>`?(o=i??T,l=-1):c[1]===void 0?l=-2:(l=o.lastIndex-c[2].length,s=c[1],o=c[3]===void 0?E:c[3]===`"`?Se:xe):o===Se||o===xe?o=E:o===ye||o===be?o=T:(o=E,i=void 0);let d=o===E&&e[t+1].startsWith(`/>`)?` `:``;a+=o===T?n+he:l>=0?(r.push(s),n.slice(0,l)+b+n.slice(l)+x+d):n+x+(l===-2?t:d)}return[Ee(e,a+(e[n]||`<?>`)+(t===2?`</svg>`:t===3?`</math>`:``)),r]},Oe=class e{constructor({strings:t,_$litType$:n},r){let i;this.parts=[];let a=0,o=0,s=t.length-1,c=this.parts,[l,u]=De(t,n);if(this.el=e.createElement(l,r),j.currentNode=this.el.content,n===2||n===3){let e=this.el.content.firstChild;e.replaceWith(...e.childNodes)}for(;(i=j.nextNode())!==null&&c.length<s;){if(i.nodeType===1){if(i.hasAttributes())for(let e of i.getAttributeNames())if(e.endsWith(b)){let t=u[o++],n=i.getAttribute(e).split(x),r=/([.?@])?(.*)/.exec(t);c.push({type:1,index:a,name:r[2],strings:n,ctor:r[1]===`.`?Ae:r[1]===`?`?je:r[1]===`@`?Me:P}),i.removeAttribute(e)}else e.startsWith(x)&&(c.push({type:6,index:a}),i.removeAttribute(e));if(Ce.test(i.tagName)){let e=i.textContent.split(x),t=e.length-1;if(t>0){i.textContent=y?y.emptyScript:``;for(let n=0;n<t;n++)i.append(e[n],C()),j.nextNode(),c.push({type:2,index:++a});i.append(e[t],C())}}}else if(i.nodeType===8){if(i.data===me)c.push({type:2,index:a});else{let e=-1;for(;(e=i.data.indexOf(x,e+1))!==-1;)c.push({type:7,index:a}),e+=x.length-1}}a++}}static createElement(e,t){let n=S.createElement(`template`);return n.innerHTML=e,n}};function M(e,t,n=e,r){if(t===k)return t;let i=r===void 0?n._$Cl:n._$Co?.[r],a=w(t)?void 0:t._$litDirective$;return i?.constructor!==a&&(i?._$AO?.(!1),a===void 0?i=void 0:(i=new a(e),i._$AT(e,n,r)),r===void 0?n._$Cl=i:(n._$Co??=[])[r]=i),i!==void 0&&(t=M(e,i._$AS(e,t.values),i,r)),t}var ke=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:n}=this._$AD,r=(e?.creationScope??S).importNode(t,!0);j.currentNode=r;let i=j.nextNode(),a=0,o=0,s=n[0];for(;s!==void 0;){if(a===s.index){let t;s.type===2?t=new N(i,i.nextSibling,this,e):s.type===1?t=new s.ctor(i,s.name,s.strings,this,e):s.type===6&&(t=new Ne(i,this,e)),this._$AV.push(t),s=n[++o]}a!==s?.index&&(i=j.nextNode(),a++)}return j.currentNode=S,r}p(e){let t=0;for(let n of this._$AV)n!==void 0&&(n.strings===void 0?n._$AI(e[t]):(n._$AI(e,n,t),t+=n.strings.length-2)),t++}},N=class e{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,n,r){this.type=2,this._$AH=A,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=n,this.options=r,this._$Cv=r?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=M(this,e,t),w(e)?e===A||e==null||e===``?(this._$AH!==A&&this._$AR(),this._$AH=A):e!==this._$AH&&e!==k&&this._(e):e._$litType$===void 0?e.nodeType===void 0?_e(e)?this.k(e):this._(e):this.T(e):this.$(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==A&&w(this._$AH)?this._$AA.nextSibling.data=e:this.T(S.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:n}=e,r=typeof n==`number`?this._$AC(e):(n.el===void 0&&(n.el=Oe.createElement(Ee(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===r)this._$AH.p(t);else{let e=new ke(r,this),n=e.u(this.options);e.p(t),this.T(n),this._$AH=e}}_$AC(e){let t=Te.get(e.strings);return t===void 0&&Te.set(e.strings,t=new Oe(e)),t}k(t){ge(this._$AH)||(this._$AH=[],this._$AR());let n=this._$AH,r,i=0;for(let a of t)i===n.length?n.push(r=new e(this.O(C()),this.O(C()),this,this.options)):r=n[i],r._$AI(a),i++;i<n.length&&(this._$AR(r&&r._$AB.nextSibling,i),n.length=i)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let t=fe(e).nextSibling;fe(e).remove(),e=t}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},P=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,n,r,i){this.type=1,this._$AH=A,this._$AN=void 0,this.element=e,this.name=t,this._$AM=r,this.options=i,n.length>2||n[0]!==``||n[1]!==``?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=A}_$AI(e,t=this,n,r){let i=this.strings,a=!1;if(i===void 0)e=M(this,e,t,0),a=!w(e)||e!==this._$AH&&e!==k,a&&(this._$AH=e);else{let r=e,o,s;for(e=i[0],o=0;o<i.length-1;o++)s=M(this,r[n+o],t,o),s===k&&(s=this._$AH[o]),a||=!w(s)||s!==this._$AH[o],s===A?e=A:e!==A&&(e+=(s??``)+i[o+1]),this._$AH[o]=s}a&&!r&&this.j(e)}j(e){e===A?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??``)}},Ae=class extends P{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===A?void 0:e}},je=class extends P{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==A)}},Me=class extends P{constructor(e,t,n,r,i){super(e,t,n,r,i),this.type=5}_$AI(e,t=this){if((e=M(this,e,t,0)??A)===k)return;let n=this._$AH,r=e===A&&n!==A||e.capture!==n.capture||e.once!==n.once||e.passive!==n.passive,i=e!==A&&(n===A||r);r&&this.element.removeEventListener(this.name,this,n),i&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH==`function`?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},Ne=class{constructor(e,t,n){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(e){M(this,e)}},Pe={M:b,P:x,A:me,C:1,L:De,R:ke,D:_e,V:M,I:N,H:P,N:je,U:Me,B:Ae,F:Ne},Fe=de.litHtmlPolyfillSupport;Fe?.(Oe,N),(de.litHtmlVersions??=[]).push(`3.3.3`);var Ie=(e,t,n)=>{let r=n?.renderBefore??t,i=r._$litPart$;if(i===void 0){let e=n?.renderBefore??null;r._$litPart$=i=new N(t.insertBefore(C(),e),e,void 0,n??{})}return i._$AI(e),i},F=globalThis,I=class extends v{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=Ie(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return k}};I._$litElement$=!0,I.finalized=!0,F.litElementHydrateSupport?.({LitElement:I});var Le=F.litElementPolyfillSupport;Le?.({LitElement:I}),(F.litElementVersions??=[]).push(`4.2.2`);var L=e=>(t,n)=>{n===void 0?customElements.define(e,t):n.addInitializer(()=>{customElements.define(e,t)})},Re={attribute:!0,type:String,converter:_,reflect:!1,hasChanged:le},ze=(e=Re,t,n)=>{let{kind:r,metadata:i}=n,a=globalThis.litPropertyMetadata.get(i);if(a===void 0&&globalThis.litPropertyMetadata.set(i,a=new Map),r===`setter`&&((e=Object.create(e)).wrapped=!0),a.set(n.name,e),r===`accessor`){let{name:r}=n;return{set(n){let i=t.get.call(this);t.set.call(this,n),this.requestUpdate(r,i,e,!0,n)},init(t){return t!==void 0&&this.C(r,void 0,e,t),t}}}if(r===`setter`){let{name:r}=n;return function(n){let i=this[r];t.call(this,n),this.requestUpdate(r,i,e,!0,n)}}throw Error(`Unsupported decorator location: `+r)};function R(e){return(t,n)=>typeof n==`object`?ze(e,t,n):((e,t,n)=>{let r=t.hasOwnProperty(n);return t.constructor.createProperty(n,e),r?Object.getOwnPropertyDescriptor(t,n):void 0})(e,t,n)}function z(e){return R({...e,state:!0,attribute:!1})}var Be=(e,t,n)=>(n.configurable=!0,n.enumerable=!0,Reflect.decorate&&typeof t!=`object`&&Object.defineProperty(e,t,n),n);function Ve(e,t){return(n,r,i)=>{let a=t=>t.renderRoot?.querySelector(e)??null;if(t){let{get:e,set:t}=typeof r==`object`?n:i??(()=>{let e=Symbol();return{get(){return this[e]},set(t){this[e]=t}}})();return Be(n,r,{get(){let n=e.call(this);return n===void 0&&(n=a(this),(n!==null||this.hasUpdated)&&t.call(this,n)),n}})}return Be(n,r,{get(){return a(this)}})}}function He(e,t){if(t.kind===`state`)return t;if(!e)return;if(t.kind===`connection`)return{...e,connected:t.connected};let n={...e.rows[t.row_kind]};return t.row===null?delete n[t.id]:n[t.id]=t.row,{...e,rows:{...e.rows,[t.row_kind]:n}}}var Ue=class{constructor(e,t){this.host=e,this.kinds=t,this.error=``,this.number=0,e.addController(this)}follow(e,t){!e||this.hass?.connection===e.connection&&this.entry===t&&this.stop||(this.end(),this.hass=e,this.entry=t,this.begin())}put(e,t,n){this.receive({kind:`row`,row_kind:e,id:t,row:n})}rows(e){return Object.values(this.state?.rows[e]??{})}row(e,t){return t?this.state?.rows[e]?.[t]:void 0}hostConnected(){this.hass&&!this.stop&&this.begin()}hostDisconnected(){this.end()}begin(){if(!this.hass)return;this.error=``;let e=++this.number,t={type:`homelab_steward/subscribe`,kinds:this.kinds,...this.entry?{entry_id:this.entry}:{}},n=this.hass.connection.subscribeMessage(t=>{e===this.number&&this.receive(t)},t);this.stop=n,n.catch(t=>{e===this.number&&(this.error=t.message??String(t),this.host.requestUpdate())})}end(){this.number+=1,this.stop?.then(e=>e(),()=>void 0),this.stop=void 0}receive(e){this.state=He(this.state,e),this.host.requestUpdate()}};function We(e,t=!1){t?history.replaceState(null,``,e):history.pushState(null,``,e),window.dispatchEvent(new CustomEvent(`location-changed`,{detail:{replace:t}}))}function Ge(e){if(e.defaultPrevented||e.button!==0||e.metaKey||e.ctrlKey||e.shiftKey)return;let t=e.composedPath().find(e=>e instanceof HTMLAnchorElement);!t||t.target||t.origin!==location.origin||t.hasAttribute(`download`)||(e.preventDefault(),We(t.pathname+t.search))}function B(e,t=``,n=``){return t?D`<svg viewBox="0 0 24 24" class=${n} role="img" aria-label=${t}>${O`<path d=${e} />`}</svg>`:D`<svg viewBox="0 0 24 24" class=${n} aria-hidden="true">${O`<path d=${e} />`}</svg>`}var Ke={info:{tone:`info`,path:a},warning:{tone:`warning`,path:e},critical:{tone:`bad`,path:t}};function qe(e,t,n=!1){let{tone:i,path:a}=n?{tone:`good`,path:r}:Ke[e];return D`<span class="tone ${i}">${B(a,t(`severity.${e}`))}</span>`}var Je={low:`good`,medium:`warning`,high:`bad`};function Ye(e,t){return D`<span class="chip ${Je[e]}"><span class="dot"></span>${t(`risk.${e}`)}</span>`}function V(e){return D`<summary>${B(`M8.59,16.58L13.17,12L8.59,7.41L10,6L16,12L10,18L8.59,16.58Z`,``,`turn`)}${e}</summary>`}function Xe(e){return D`
    <div class="page" role="status">
      <span class="hidden">${e(`state.loading`)}</span>
      ${[1,2,3].map(()=>D`<div class="card content wait" aria-hidden="true"><i></i><i></i><i></i></div>`)}
    </div>
  `}function H(e,t,n,r=A){return D`
    <div class="page">
      <div class="notice">
        ${B(e)}
        <h2 class="title">${t}</h2>
        <p class="quiet">${n}</p>
        ${r}
      </div>
    </div>
  `}var U=f`
  .notice {
    min-height: 50vh;
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    text-align: center;
    gap: 12px;
  }
  .notice > svg {
    width: 56px;
    height: 56px;
    color: var(--secondary-text-color);
  }
  .notice p {
    max-width: 46ch;
  }
  .wait i {
    display: block;
    height: 14px;
    border-radius: 7px;
    background: var(--divider-color);
    animation: pulse 1.4s ease-in-out infinite;
  }
  .wait i:nth-child(1) {
    width: 60%;
  }
  .wait i:nth-child(3) {
    width: 35%;
  }
  @keyframes pulse {
    50% {
      opacity: 0.4;
    }
  }
`,W=f`
  :host {
    display: block;
    color: var(--primary-text-color);
    font-family: var(--ha-font-family-body, Roboto, sans-serif);
    font-size: var(--ha-font-size-m, 14px);
    line-height: var(--ha-line-height-normal, 1.5);
    /* The theme's own color has too little contrast for small texts. */
    --link: color-mix(in srgb, var(--primary-color) 72%, var(--primary-text-color));
    --filled: color-mix(in srgb, var(--primary-color) 80%, #000);
  }
  *,
  *::before {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd,
  figure {
    margin: 0;
    padding: 0;
  }
  a {
    color: var(--link);
    text-decoration: none;
  }
  a:hover {
    text-decoration: underline;
  }
  :focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
  }
  .page {
    max-width: 1040px;
    margin: 0 auto;
    padding: 16px;
    display: flex;
    flex-direction: column;
    gap: 16px;
  }
  .card {
    background: var(--ha-card-background, var(--card-background-color, #fff));
    border: var(--ha-card-border-width, 1px) solid var(--ha-card-border-color, var(--divider-color, #e0e0e0));
    border-radius: var(--ha-card-border-radius, var(--ha-border-radius-lg, 12px));
    box-shadow: var(--ha-card-box-shadow, none);
    overflow: hidden;
  }
  .content {
    padding: 16px;
    display: flex;
    flex-direction: column;
    gap: 12px;
  }
  .title {
    font-size: var(--ha-font-size-l, 16px);
    font-weight: var(--ha-font-weight-medium, 500);
    line-height: 1.35;
    overflow-wrap: anywhere;
  }
  .heading {
    font-size: var(--ha-font-size-l, 16px);
    font-weight: var(--ha-font-weight-medium, 500);
    margin: 8px 0 -4px;
  }
  .quiet {
    color: var(--secondary-text-color);
  }
  .quiet a {
    text-decoration: underline;
  }
  .small {
    font-size: var(--ha-font-size-s, 12px);
  }
  .text {
    overflow-wrap: anywhere;
    white-space: pre-line;
  }
  .row {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .wrap {
    flex-wrap: wrap;
  }
  .grow {
    flex: 1;
    min-width: 0;
  }
  .grid {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr));
    gap: 16px;
  }
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    padding: 1px 8px;
    border-radius: 12px;
    background: var(--secondary-background-color);
    font-size: var(--ha-font-size-s, 12px);
    line-height: 20px;
    white-space: nowrap;
  }
  .chip.wraps {
    white-space: normal;
  }
  .chip svg {
    width: 14px;
    height: 14px;
  }
  svg {
    width: 24px;
    height: 24px;
    fill: currentColor;
    flex: none;
  }
  .info {
    --tone: var(--info-color, #039be5);
  }
  .good {
    --tone: var(--success-color, #43a047);
  }
  .warning {
    --tone: var(--warning-color, #ffa600);
  }
  .bad {
    --tone: var(--error-color, #db4437);
  }
  .neutral {
    --tone: var(--secondary-text-color, #727272);
  }
  .tone svg {
    color: var(--tone);
  }
  .dot {
    width: 10px;
    height: 10px;
    border-radius: 50%;
    background: var(--tone);
    flex: none;
  }
  button,
  .button {
    font: inherit;
    font-weight: var(--ha-font-weight-medium, 500);
    min-height: 40px;
    padding: 6px 16px;
    border-radius: var(--ha-border-radius-pill, 20px);
    border: 1px solid var(--outline-color, var(--divider-color, #ccc));
    background: transparent;
    color: var(--primary-text-color);
    cursor: pointer;
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    text-align: start;
  }
  button svg {
    width: 20px;
    height: 20px;
  }
  button:hover:not(:disabled),
  .button:hover {
    background: var(--secondary-background-color);
    text-decoration: none;
  }
  button:disabled {
    opacity: 0.6;
    cursor: default;
  }
  button.primary {
    background: var(--filled);
    border-color: var(--filled);
    color: #fff;
  }
  button.danger {
    --filled: color-mix(in srgb, var(--error-color, #db4437) 84%, #000);
    background: var(--filled);
    border-color: var(--filled);
    color: #fff;
  }
  button.primary:hover:not(:disabled),
  button.danger:hover:not(:disabled) {
    background: color-mix(in srgb, var(--filled) 88%, #000);
  }
  button.plain {
    border-color: transparent;
    color: var(--link);
    padding: 6px 8px;
  }
  button.icon {
    border-color: transparent;
    padding: 8px;
    min-width: 40px;
    color: inherit;
  }
  input,
  select,
  textarea {
    font: inherit;
    min-height: 40px;
    padding: 8px 12px;
    border-radius: 8px;
    border: 1px solid var(--outline-color, var(--divider-color, #ccc));
    background: var(--card-background-color, #fff);
    color: var(--primary-text-color);
    max-width: 100%;
  }
  input[type="checkbox"] {
    min-height: 0;
    width: 20px;
    height: 20px;
    margin: 0;
    accent-color: var(--primary-color);
    flex: none;
  }
  label {
    display: inline-flex;
    align-items: center;
    gap: 8px;
  }
  details > summary {
    cursor: pointer;
    min-height: 40px;
    display: flex;
    align-items: center;
    gap: 8px;
    color: var(--link);
    font-weight: var(--ha-font-weight-medium, 500);
    list-style: none;
  }
  details > summary::-webkit-details-marker {
    display: none;
  }
  details > summary .turn {
    transition: transform 0.15s;
    width: 20px;
    height: 20px;
  }
  details[open] > summary .turn {
    transform: rotate(90deg);
  }
  pre {
    margin: 0;
    padding: 12px;
    border-radius: 8px;
    background: var(--code-editor-background-color, var(--secondary-background-color));
    font-family: var(--ha-font-family-code, monospace);
    font-size: 12px;
    line-height: 1.5;
    overflow-x: auto;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    max-height: 320px;
    overflow-y: auto;
  }
  table {
    border-collapse: collapse;
    width: 100%;
  }
  th {
    text-align: start;
    font-weight: var(--ha-font-weight-medium, 500);
    color: var(--secondary-text-color);
    font-size: var(--ha-font-size-s, 12px);
  }
  th,
  td {
    padding: 8px 12px;
    border-bottom: 1px solid var(--divider-color);
    vertical-align: top;
    overflow-wrap: anywhere;
  }
  tr:last-child > td {
    border-bottom: none;
  }
  .list {
    list-style: none;
  }
  .list > li + li {
    border-top: 1px solid var(--divider-color);
  }
  .item {
    display: flex;
    align-items: center;
    gap: 16px;
    padding: 12px 16px;
    color: inherit;
    min-height: 56px;
  }
  a.item:hover {
    background: var(--secondary-background-color);
    text-decoration: none;
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      transition: none !important;
      animation: none !important;
    }
  }
`,Ze={de:{action:{cancel:`Abbrechen`},decided:{approved:`„{label}“ wurde von {person} über {via} genehmigt, {when}`,approved_alone:`Genehmigt`,expired:`Ohne Entscheidung abgelaufen`,expired_alone:`Ohne Entscheidung abgelaufen`,ignored:`Ignoriert von {person} über {via}, {when}`,ignored_alone:`Ignoriert`,rejected:`Abgelehnt von {person} über {via}, {when}`,rejected_alone:`Abgelehnt`,superseded:`Braucht keine Entscheidung mehr`,superseded_alone:`Braucht keine Entscheidung mehr`},error:{already_decided:`Das wurde bereits entschieden.`,expired:`Zu spät: Diese Anfrage ist abgelaufen.`,forbidden:`Das darfst du nicht.`,internal:`Etwas ist schiefgelaufen. Sieh im Protokoll der App nach.`,invalid_argument:`Dieser Wert wird nicht angenommen. {message}`,not_connected:`Die App antwortet nicht.`,not_found:`Das gibt es nicht mehr.`,pin_needed:`Gib deine PIN ein, um das zu genehmigen. {message}`,plan_changed:`Der Plan hat sich inzwischen geändert. Lies ihn noch einmal, bevor du zustimmst.`,timeout:`Die App hat nicht rechtzeitig geantwortet. Sieh dir die Anfrage an, bevor du es erneut versuchst.`,unavailable:`Das konnte nicht gespeichert werden und zählt nicht. Versuche es später noch einmal.`,unlock_needed:`Entsperre das Telefon, um das zu genehmigen.`},evidence:{by_model:`Von {model} aus den Belegen geschrieben.`,failed:`Konnte nicht gelesen werden`,model:`Erklärung eines Modells`,none:`Es gibt noch keine Diagnose.`},front_end:{assist:`Assist`,command_line:`die Kommandozeile`,home_assistant:`Home Assistant`,mcp:`MCP`,panel:`das Panel`,telegram:`Telegram`},inbox:{decided:`Gerade entschieden`,empty:`Nichts wartet auf dich`,empty_text:`Wenn der Steward eine Entscheidung braucht, erscheint sie hier.`,more:{one:`{count} weitere Anfrage`,other:`{count} weitere Anfragen`},not_a_person:`Als Administrator kannst du Anfragen ansehen. Um zu entscheiden, füge dich in der Integration als Person hinzu.`},incident:{number:`Vorfall {number}`},nav:{audit:`Protokoll`,inbox:`Eingang`,incidents:`Vorfälle`,menu:`Seitenleiste öffnen`,models:`Modelle`,more:`Mehr`,pages:`Seiten`,people:`Personen`,runbooks:`Runbooks`,services:`Dienste`,settings:`Einstellungen`,waiting:{one:`{count} Anfrage wartet`,other:`{count} Anfragen warten`}},outcome:{fixed:`half {count}×`,never:`Noch nie versucht`,not_fixed:`half nicht {count}×`,relapsed:`kam wieder {count}×`,unknown:`unbekannt {count}×`,worse:`verschlimmerte {count}×`},plan:{after:`Danach`,also_affects:`Betrifft auch: {what}`,before:`Jetzt`,changes_nothing:`Verändert nichts.`,dry_run:`Was sich ändern würde`,field:`Wert`,history:`Bisher: {what}`,irreversible:`Lässt sich nicht rückgängig machen`,needs_two:`Zwei Personen müssen zustimmen.`,needs_unlock:`Zum Genehmigen muss das Telefon entsperrt sein.`,reversible:`Lässt sich rückgängig machen`,verified_by:`Geprüft durch: {how}`,wait:`Bis zu {seconds} s warten auf: {what}`},request:{approve:`Genehmigen`,by_person:`von einer Person angefragt`,confirm:`Bestätigen`,confirm_act:`{label}: Der Steward führt genau diesen Plan aus.`,confirm_group:`Entscheidung bestätigen`,confirm_ignore:`Dieses Problem ignorieren? Der Vorfall wird ohne Änderung geschlossen.`,confirm_other:`{label}: Es wird nichts verändert.`,confirm_reject:`Diese Anfrage ablehnen? Das Problem bleibt offen.`,evidence:`Belege`,expect_off:`Soll ausgeschaltet sein`,expires:`läuft {when} ab`,first:`{person} hat „{label}“ genehmigt. Eine weitere Person muss ebenfalls zustimmen.`,gone:`Diese Anfrage gibt es nicht mehr`,gone_text:`Sie wurde vor einiger Zeit entschieden. Der zugehörige Vorfall zeigt, was passiert ist.`,investigate:`Untersuchen`,left_out:{one:`{count} Schritt wird nicht angeboten`,other:`{count} Schritte werden nicht angeboten`},option:`Option {number}: {label}`,pin:`Deine PIN`,plan:`Plan und Probelauf`,read:`Ich habe den Plan gelesen.`,read_irreversible:`Ich habe den Plan gelesen. Er lässt sich nicht rückgängig machen.`,snoozed:`Zurückgestellt bis {when}`,view_only:`Du kannst diese Anfrage ansehen, aber nicht entscheiden.`},risk:{high:`Hohes Risiko`,low:`Geringes Risiko`,medium:`Mittleres Risiko`},severity:{critical:`Kritisch`,info:`Hinweis`,warning:`Warnung`},snooze:{days:`In 3 Tagen`,hour:`In 1 Stunde`,hours:`In 4 Stunden`,title:`Zurückstellen bis`,tomorrow:`Morgen um 8:00`},state:{away:`Die App antwortet nicht. Du siehst den letzten bekannten Stand und kannst gerade nichts entscheiden.`,error:`Diese Seite konnte nicht geladen werden`,loading:`Wird geladen`,not_loaded:`Der Steward ist nicht verbunden`,not_loaded_text:`Home Assistant versucht, die App zu erreichen. Diese Seite öffnet sich, sobald sie antwortet.`,not_set_up_text:`Richte die Integration ein, um die App zu verbinden.`,open_integration:`Integration öffnen`,retry:`Erneut versuchen`,unknown:`Der Steward kennt dich nicht`,unknown_text:`Bitte jemanden mit der Rolle „Besitzer“, dich in der Integration als Person hinzuzufügen.`},status:{acting:`In Arbeit`,diagnosed:`Diagnostiziert`,ignored:`Ignoriert`,open:`Offen`,resolved:`Behoben`,unsolved:`Nicht gelöst`,waiting:`Wartet auf Entscheidung`},title:`Homelab Steward`,verb:{ignore:`Ignorieren`,reject:`Ablehnen`,snooze:`Zurückstellen`}},en:{action:{cancel:`Cancel`},decided:{approved:`“{label}” was approved by {person} via {via}, {when}`,approved_alone:`Approved`,expired:`Expired without a decision`,expired_alone:`Expired without a decision`,ignored:`Ignored by {person} via {via}, {when}`,ignored_alone:`Ignored`,rejected:`Rejected by {person} via {via}, {when}`,rejected_alone:`Rejected`,superseded:`Needs no decision any more`,superseded_alone:`Needs no decision any more`},error:{already_decided:`This was decided already.`,expired:`Too late: this request has expired.`,forbidden:`You are not allowed to do this. {message}`,internal:`Something went wrong. See the log of the app.`,invalid_argument:`This value is not accepted. {message}`,not_connected:`The app does not answer.`,not_found:`This does not exist any more.`,pin_needed:`Enter your PIN to approve this. {message}`,plan_changed:`The plan changed in the meantime. Read it again before you approve.`,timeout:`The app did not answer in time. Look at the request before you try again.`,unavailable:`This could not be stored, so it does not count. Try again later.`,unlock_needed:`Unlock the phone to approve this.`},evidence:{by_model:`Written by {model} from the evidence.`,failed:`Could not be read`,model:`Explanation of a model`,none:`There is no diagnosis yet.`},front_end:{assist:`Assist`,command_line:`the command line`,home_assistant:`Home Assistant`,mcp:`MCP`,panel:`the panel`,telegram:`Telegram`},inbox:{decided:`Just decided`,empty:`Nothing waits for you`,empty_text:`When the steward needs a decision, it appears here.`,more:{one:`{count} more request`,other:`{count} more requests`},not_a_person:`You can view requests as an administrator. To decide, add yourself as a person in the integration.`},incident:{number:`Incident {number}`},nav:{audit:`Audit`,inbox:`Inbox`,incidents:`Incidents`,menu:`Open the sidebar`,models:`Models`,more:`More`,pages:`Pages`,people:`People`,runbooks:`Runbooks`,services:`Services`,settings:`Settings`,waiting:{one:`{count} request waits`,other:`{count} requests wait`}},outcome:{fixed:`helped {count}×`,never:`Never tried before`,not_fixed:`did not help {count}×`,relapsed:`came back {count}×`,unknown:`not known {count}×`,worse:`made it worse {count}×`},plan:{after:`After`,also_affects:`Also affects: {what}`,before:`Now`,changes_nothing:`Changes nothing.`,dry_run:`What would change`,field:`Value`,history:`Until now: {what}`,irreversible:`Cannot be undone`,needs_two:`Two people have to approve this.`,needs_unlock:`A phone must be unlocked to approve this.`,reversible:`Can be undone`,verified_by:`Verified by: {how}`,wait:`Wait up to {seconds} s for: {what}`},request:{approve:`Approve`,by_person:`requested by a person`,confirm:`Confirm`,confirm_act:`{label}: the steward carries out exactly this plan.`,confirm_group:`Confirm the decision`,confirm_ignore:`Ignore this problem? The incident is closed without a change.`,confirm_other:`{label}: nothing is changed.`,confirm_reject:`Reject this request? The problem stays open.`,evidence:`Evidence`,expect_off:`It is meant to be off`,expires:`expires {when}`,first:`{person} approved “{label}”. Another person has to approve it too.`,gone:`This request does not exist any more`,gone_text:`It was decided a while ago. Its incident shows what happened.`,investigate:`Investigate`,left_out:{one:`{count} step is not offered`,other:`{count} steps are not offered`},option:`Option {number}: {label}`,pin:`Your PIN`,plan:`Plan and dry run`,read:`I have read the plan.`,read_irreversible:`I have read the plan. It cannot be undone.`,snoozed:`Snoozed until {when}`,view_only:`You can view this request, but not decide it.`},risk:{high:`High risk`,low:`Low risk`,medium:`Medium risk`},severity:{critical:`Critical`,info:`Info`,warning:`Warning`},snooze:{days:`In 3 days`,hour:`In 1 hour`,hours:`In 4 hours`,title:`Snooze until`,tomorrow:`Tomorrow at 8:00`},state:{away:`The app does not answer. You see the last known state and cannot decide now.`,error:`This page could not be loaded`,loading:`Loading`,not_loaded:`The steward is not connected`,not_loaded_text:`Home Assistant tries to reach the app. This page opens when it answers.`,not_set_up_text:`Set up the integration to connect the app.`,open_integration:`Open the integration`,retry:`Try again`,unknown:`The steward does not know you`,unknown_text:`Ask an owner to add you as a person in the settings of the integration.`},status:{acting:`In progress`,diagnosed:`Diagnosed`,ignored:`Ignored`,open:`Open`,resolved:`Resolved`,unsolved:`Not solved`,waiting:`Waits for a decision`},title:`Homelab Steward`,verb:{ignore:`Ignore`,reject:`Reject`,snooze:`Snooze`}}},Qe=`en`;function $e(e,t,n,r={}){let i=G(e[t]??e[t.split(`-`)[0]??``],n),[a,o]=i===void 0?[G(e[Qe],n),Qe]:[i,t];return tt(et(a,o,r.count)??n,r)}function G(e,t){return t.split(`.`).reduce((e,t)=>e?.[t],e)}function et(e,t,n){if(typeof e==`string`)return e;if(typeof e!=`object`||!e)return;let r=e;return r[new Intl.PluralRules(t).select(Number(n??0))]??r.other}function tt(e,t){return e.replace(/\{(\w+)\}/g,(e,n)=>String(t[n]??e))}function K(e){return(t,n)=>$e(Ze,e,t,n)}function nt(e){return G(Ze.en,e)!==void 0}var rt={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},it=e=>(...t)=>({_$litDirective$:e,values:t}),at=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,n){this._$Ct=e,this._$AM=t,this._$Ci=n}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}},{I:ot}=Pe,st=e=>e,ct=()=>document.createComment(``),q=(e,t,n)=>{let r=e._$AA.parentNode,i=t===void 0?e._$AB:t._$AA;if(n===void 0)n=new ot(r.insertBefore(ct(),i),r.insertBefore(ct(),i),e,e.options);else{let t=n._$AB.nextSibling,a=n._$AM,o=a!==e;if(o){let t;n._$AQ?.(e),n._$AM=e,n._$AP!==void 0&&(t=e._$AU)!==a._$AU&&n._$AP(t)}if(t!==i||o){let e=n._$AA;for(;e!==t;){let t=st(e).nextSibling;st(r).insertBefore(e,i),e=t}}}return n},J=(e,t,n=e)=>(e._$AI(t,n),e),lt={},ut=(e,t=lt)=>e._$AH=t,dt=e=>e._$AH,Y=e=>{e._$AR(),e._$AA.remove()},ft=(e,t,n)=>{let r=new Map;for(let i=t;i<=n;i++)r.set(e[i],i);return r},pt=it(class extends at{constructor(e){if(super(e),e.type!==rt.CHILD)throw Error(`repeat() can only be used in text expressions`)}dt(e,t,n){let r;n===void 0?n=t:t!==void 0&&(r=t);let i=[],a=[],o=0;for(let t of e)i[o]=r?r(t,o):o,a[o]=n(t,o),o++;return{values:a,keys:i}}render(e,t,n){return this.dt(e,t,n).values}update(e,[t,n,r]){let i=dt(e),{values:a,keys:o}=this.dt(t,n,r);if(!Array.isArray(i))return this.ut=o,a;let s=this.ut??=[],c=[],l,u,d=0,f=i.length-1,p=0,m=a.length-1;for(;d<=f&&p<=m;)if(i[d]===null)d++;else if(i[f]===null)f--;else if(s[d]===o[p])c[p]=J(i[d],a[p]),d++,p++;else if(s[f]===o[m])c[m]=J(i[f],a[m]),f--,m--;else if(s[d]===o[m])c[m]=J(i[d],a[m]),q(e,c[m+1],i[d]),d++,m--;else if(s[f]===o[p])c[p]=J(i[f],a[p]),q(e,i[d],i[f]),f--,p++;else if(l===void 0&&(l=ft(o,p,m),u=ft(s,d,f)),l.has(s[d])){if(l.has(s[f])){let t=u.get(o[p]),n=t===void 0?null:i[t];if(n===null){let t=q(e,i[d]);J(t,a[p]),c[p]=t}else c[p]=J(n,a[p]),q(e,i[d],n),i[t]=null;p++}else Y(i[f]),f--}else Y(i[d]),d++;for(;p<=m;){let t=q(e,c[m+1]);J(t,a[p]),c[p++]=t}for(;d<=f;){let e=i[d++];e!==null&&Y(e)}return this.ut=o,ut(e,c),k}}),mt=36e5;function ht(e){let t=new Date(e);return t.setDate(t.getDate()+1),t.setHours(8,0,0,0),[[`snooze.hour`,e+mt],[`snooze.hours`,e+4*mt],[`snooze.tomorrow`,t.getTime()],[`snooze.days`,e+72*mt]].map(([e,t])=>[e,Math.floor(t/1e3)])}var gt={critical:0,warning:1,info:2};function _t(e,t){let n=e=>Number(!!e.snoozed_until&&Date.parse(e.snoozed_until)>t);return[...e].sort((e,t)=>n(e)-n(t)||gt[e.severity]-gt[t.severity]||Date.parse(e.created_at)-Date.parse(t.created_at))}var vt={owner:`high`,member:`medium`,guest:`nothing`};function yt(e,t){return e!==null&&(e.authority[t]??vt[e.role])!==`nothing`}function X(e,t,n,r){var i=arguments.length,a=i<3?t:r===null?r=Object.getOwnPropertyDescriptor(t,n):r,o;if(typeof Reflect==`object`&&typeof Reflect.decorate==`function`)a=Reflect.decorate(e,t,n,r);else for(var s=e.length-1;s>=0;s--)(o=e[s])&&(a=(i<3?o(a):i>3?o(t,n,a):o(t,n))||a);return i>3&&a&&Object.defineProperty(t,n,a),a}function bt(e,t,n={}){let r=e.feed.state?.entry_id;return e.hass.connection.sendMessagePromise({type:`homelab_steward/${t}`,...r?{entry_id:r}:{},...n})}function xt(e,t){let{code:n,message:r}=e,i=`error.${n??`internal`}`;return nt(i)?t(i,{message:r??``}):r??t(`error.internal`)}var Z=class extends I{constructor(...e){super(...e),this.item=``}static{this.styles=[W]}get t(){return this.ctx.t}};X([R({attribute:!1})],Z.prototype,`ctx`,void 0),X([R()],Z.prototype,`item`,void 0);var St=[[`day`,86400],[`hour`,3600],[`minute`,60]];function Ct(e,t,n){let r=Math.round((Date.parse(e)-t)/1e3),i=new Intl.RelativeTimeFormat(n,{numeric:`auto`});for(let[e,t]of St)if(Math.abs(r)>=t)return i.format(Math.trunc(r/t),e);return i.format(0,`minute`)}function wt(e,t,n){let r=new Date(e),i=r.toDateString()===new Date(t).toDateString();return new Intl.DateTimeFormat(n,{...i?{}:{day:`numeric`,month:`short`},...r.getFullYear()===new Date(t).getFullYear()?{}:{year:`numeric`},hour:`2-digit`,minute:`2-digit`}).format(r)}function Tt(e,t){return new Intl.DateTimeFormat(t,{dateStyle:`medium`,timeStyle:`medium`}).format(new Date(e))}function Et(e,t){let{t:r,now:i,language:a}=t,o=e.diagnosis;if(!o)return D`<p class="quiet">${r(`evidence.none`)}</p>`;let s=new Map(o.evidence.map(e=>[e.id,e.title]));return D`
    <p class="text">${o.summary}</p>
    ${o.claims.length?D`<ul class="claims">
          ${o.claims.map(e=>D`<li>
              ${e.text}
              <span class="small quiet">${e.evidence.map(e=>s.get(e)??e).join(`, `)}</span>
            </li>`)}
        </ul>`:A}
    ${o.explanation?D`<p class="row" style="align-items:flex-start">
          ${B(`M17.5 15.5C17.5 16.61 16.61 17.5 15.5 17.5S13.5 16.61 13.5 15.5 14.4 13.5 15.5 13.5 17.5 14.4 17.5 15.5M8.5 13.5C7.4 13.5 6.5 14.4 6.5 15.5S7.4 17.5 8.5 17.5 10.5 16.61 10.5 15.5 9.61 13.5 8.5 13.5M23 15V18C23 18.55 22.55 19 22 19H21V20C21 21.11 20.11 22 19 22H5C3.9 22 3 21.11 3 20V19H2C1.45 19 1 18.55 1 18V15C1 14.45 1.45 14 2 14H3C3 10.13 6.13 7 10 7H11V5.73C10.4 5.39 10 4.74 10 4C10 2.9 10.9 2 12 2S14 2.9 14 4C14 4.74 13.6 5.39 13 5.73V7H14C17.87 7 21 10.13 21 14H22C22.55 14 23 14.45 23 15M21 16H19V14C19 11.24 16.76 9 14 9H10C7.24 9 5 11.24 5 14V16H3V17H5V20H19V17H21V16Z`,r(`evidence.model`))}
          <span class="text">${o.explanation.text}
            <span class="small quiet">${r(`evidence.by_model`,{model:o.explanation.by})}</span></span>
        </p>`:A}
    ${o.evidence.map(e=>D`<details>
        ${V(D`<span class="grow">${e.title}</span>${e.ok?A:B(n,r(`evidence.failed`))}
            <span class="small quiet">${wt(e.read_at,i,a)}</span>`)}
        <pre tabindex="0">${e.text}</pre>
      </details>`)}
  `}var Dt=[[`fixed`,`good`],[`relapsed`,`warning`],[`not_fixed`,`neutral`],[`unknown`,`info`],[`worse`,`bad`]];function Ot(e){let t=e.reduce((e,t)=>e+t,0);return e.map(e=>t?e/t*100:0)}function kt(e,t){let n=Dt.map(([t])=>e[t]);if(!n.reduce((e,t)=>e+t,0))return D`<span class="quiet small">${t(`outcome.never`)}</span>`;let r=Ot(n),i=Dt.flatMap(([e],r)=>n[r]?[t(`outcome.${e}`,{count:n[r]??0})]:[]).join(`, `),a=0;return D`<span class="outcomes">
    <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      ${Dt.map(([,e],t)=>{let n=r[t]??0,i=a;return a+=n,O`<rect class=${e} x=${i} y="0" width=${n} height="8" />`})}
    </svg>
    <span class="small quiet">${i}</span>
  </span>`}function At(e){let t=new Set(e.differences.flatMap(e=>[e.after,e.after.replace(/\s.*$/,``)]));return Object.entries(e.arguments).filter(([,e])=>e!==null&&!t.has(String(e)))}function jt(e){let t=e.replaceAll(`_`,` `);return t.charAt(0).toUpperCase()+t.slice(1)}function Mt(e,t,n){let[r,i]=e.action.split(`.`);return(n?.services.find(e=>e.key===r)?.actions.find(e=>e.key===i)?.arguments)?.find(e=>e.key===t)?.name??jt(t)}function Nt(e,t){return t.find(t=>t.runbook_id===e.runbook_id&&t.version===e.runbook_version&&t.recipe===e.recipe)}function Pt(e){return e.steps.flatMap(e=>e.differences.map(e=>`${jt(e.field)}: ${e.before} → ${e.after}`)).join(` · `)}function Ft(e,t,n,r){let i=(e,t)=>D`<li class="row">${B(e)}<span>${t}</span></li>`;return D`
    ${e.steps.length===0?D`<p class="quiet">${t(`plan.changes_nothing`)}</p>`:D`<ol class="steps">
          ${e.steps.map(e=>It(e,t,n))}
        </ol>`}
    <ul class="facts">
      ${e.kind===`act`?i(`M13.5,7A6.5,6.5 0 0,1 20,13.5A6.5,6.5 0 0,1 13.5,20H10V18H13.5C16,18 18,16 18,13.5C18,11 16,9 13.5,9H7.83L10.91,12.09L9.5,13.5L4,8L9.5,2.5L10.92,3.91L7.83,7H13.5M6,18H8V20H6V18Z`,t(e.reversible?`plan.reversible`:`plan.irreversible`)):A}
      ${e.blast_radius?i(`M22.08,11.04H20.08V4H13.05V2H11.04V4H4V11.04H2V13.05H4V20.08H11.04V22.08H13.05V20.08H20.08V13.05H22.08V11.04M18.07,18.07H13.05V16.06H11.04V18.07H6V13.05H8.03V11.04H6V6H11.04V8.03H13.05V6H18.07V11.04H16.06V13.05H18.07V18.07M13.05,12.05A1,1 0 0,1 12.05,13.05C11.5,13.05 11.04,12.6 11.04,12.05C11.04,11.5 11.5,11.04 12.05,11.04C12.6,11.04 13.05,11.5 13.05,12.05Z`,t(`plan.also_affects`,{what:e.blast_radius})):A}
      ${e.verification?i(`M23 12L20.6 9.2L20.9 5.5L17.3 4.7L15.4 1.5L12 3L8.6 1.5L6.7 4.7L3.1 5.5L3.4 9.2L1 12L3.4 14.8L3.1 18.5L6.7 19.3L8.6 22.5L12 21L15.4 22.5L17.3 19.3L20.9 18.5L20.6 14.8L23 12M18.7 16.9L16 17.5L14.6 19.9L12 18.8L9.4 19.9L8 17.5L5.3 16.9L5.5 14.1L3.7 12L5.5 9.9L5.3 7.1L8 6.5L9.4 4.1L12 5.2L14.6 4.1L16 6.5L18.7 7.1L18.5 9.9L20.3 12L18.5 14.1L18.7 16.9M16.6 7.6L18 9L10 17L6 13L7.4 11.6L10 14.2L16.6 7.6Z`,t(`plan.verified_by`,{how:e.verification})):A}
      ${e.needs_two?i(`M13 11A3 3 0 1 0 10 8A3 3 0 0 0 13 11M13 7A1 1 0 1 1 12 8A1 1 0 0 1 13 7M17.11 10.86A5 5 0 0 0 17.11 5.14A2.91 2.91 0 0 1 18 5A3 3 0 0 1 18 11A2.91 2.91 0 0 1 17.11 10.86M13 13C7 13 7 17 7 17V19H19V17S19 13 13 13M9 17C9 16.71 9.32 15 13 15C16.5 15 16.94 16.56 17 17M24 17V19H21V17A5.6 5.6 0 0 0 19.2 13.06C24 13.55 24 17 24 17M7.34 8.92L8.5 10.33L3.75 15.08L1 12.08L2.16 10.92L3.75 12.5L7.34 8.92`,t(`plan.needs_two`)):A}
      ${e.needs_unlock?i(`M12,17C10.89,17 10,16.1 10,15C10,13.89 10.89,13 12,13A2,2 0 0,1 14,15A2,2 0 0,1 12,17M18,20V10H6V20H18M18,8A2,2 0 0,1 20,10V20A2,2 0 0,1 18,22H6C4.89,22 4,21.1 4,20V10C4,8.89 4.89,8 6,8H7V6A5,5 0 0,1 12,1A5,5 0 0,1 17,6V8H18M12,3A3,3 0 0,0 9,6V8H15V6A3,3 0 0,0 12,3Z`,t(`plan.needs_unlock`)):A}
      ${e.history||r?i(`M13.5,8H12V13L16.28,15.54L17,14.33L13.5,12.25V8M13,3A9,9 0 0,0 4,12H1L4.96,16.03L9,12H6A7,7 0 0,1 13,5A7,7 0 0,1 20,12A7,7 0 0,1 13,19C11.07,19 9.32,18.21 8.06,16.94L6.64,18.36C8.27,20 10.5,21 13,21A9,9 0 0,0 22,12A9,9 0 0,0 13,3`,D`${e.history?D`${t(`plan.history`,{what:e.history})} `:A}${r?kt(r,t):A}`):A}
    </ul>
  `}function It(e,t,n){if(e.wait)return D`<li>
      <span class="row">${B(`M6,2H18V8H18V8L14,12L18,16V16H18V22H6V16H6V16L10,12L6,8V8H6V2M16,16.5L12,12.5L8,16.5V20H16V16.5M12,11.5L16,7.5V4H8V7.5L12,11.5M10,6H14V6.75L12,8.75L10,6.75V6Z`)} ${t(`plan.wait`,{what:e.wait.name,seconds:e.wait.within})}</span>
    </li>`;let r=At(e);return D`
    <li>
      <div><strong>${e.title}</strong> <span class="quiet">${e.target.name}</span></div>
      ${e.differences.length?D`<table class="diff">
            <caption class="hidden">${t(`plan.dry_run`)}</caption>
            <thead>
              <tr>
                <th>${t(`plan.field`)}</th>
                <th>${t(`plan.before`)}</th>
                <th><span class="hidden">→</span></th>
                <th>${t(`plan.after`)}</th>
              </tr>
            </thead>
            <tbody>
              ${e.differences.map(e=>D`<tr>
                  <th scope="row">${jt(e.field)}</th>
                  <td><del>${e.before}</del></td>
                  <td class="arrow">${B(`M4,11V13H16L10.5,18.5L11.92,19.92L19.84,12L11.92,4.08L10.5,5.5L16,11H4Z`)}</td>
                  <td><ins>${e.after}</ins></td>
                </tr>`)}
            </tbody>
          </table>`:A}
      ${r.length?D`<p class="small quiet">
            ${r.map(([t,r])=>`${Mt(e,t,n)}: ${String(r)}`).join(` · `)}
          </p>`:A}
      ${e.note?D`<p class="small quiet">${e.note}</p>`:A}
    </li>
  `}var Lt=f`
  .plan {
    display: flex;
    flex-direction: column;
    gap: 8px;
  }
  .steps {
    padding-inline-start: 20px;
    display: flex;
    flex-direction: column;
    gap: 8px;
  }
  .facts {
    list-style: none;
    display: flex;
    flex-direction: column;
    gap: 4px;
  }
  .facts > li {
    align-items: flex-start;
  }
  .facts svg:not(.bar) {
    width: 20px;
    height: 20px;
    color: var(--secondary-text-color);
  }
  .diff {
    width: auto;
    margin: 4px 0;
  }
  .diff thead th {
    padding: 0 12px 2px 0;
    border: none;
  }
  .diff tbody th,
  .diff tbody td {
    padding: 2px 12px 2px 0;
    border: none;
    color: var(--primary-text-color);
    font-size: inherit;
  }
  .diff del {
    text-decoration-color: var(--error-color);
  }
  .diff ins {
    text-decoration: none;
    font-weight: 500;
    border-bottom: 2px solid var(--success-color, #43a047);
  }
  .arrow svg {
    width: 18px;
    height: 18px;
    color: var(--secondary-text-color);
  }
  .outcomes {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    flex-wrap: wrap;
  }
  .bar {
    width: 96px;
    height: 8px;
    border-radius: 4px;
    background: var(--divider-color);
  }
  .bar rect {
    fill: var(--tone);
  }
  .columns {
    width: 100%;
    height: 64px;
  }
  .columns rect {
    fill: var(--primary-color);
  }
  .claims {
    padding-inline-start: 20px;
  }
`,Q=class extends I{constructor(...e){super(...e),this.alone=!1,this.compact=!1,this.chosen=null,this.isBusy=!1,this.isRead=!1,this.needsPin=!1,this.error=``,this.incident=null}static{this.styles=[W,Lt,f`
      .options {
        display: flex;
        flex-direction: column;
        gap: 8px;
      }
      .option {
        border: 1px solid var(--divider-color);
        border-radius: 8px;
        padding: 12px;
        display: flex;
        flex-direction: column;
        gap: 8px;
      }
      .option-end {
        align-items: flex-start;
        flex-wrap: wrap;
        justify-content: flex-end;
      }
      .option-end:not(:has(button, details)) {
        display: none;
      }
      .confirm {
        background: var(--secondary-background-color);
        border-radius: 8px;
        padding: 12px;
        display: flex;
        flex-direction: column;
        gap: 12px;
      }
      .result {
        padding: 12px;
        border-radius: 8px;
        background: color-mix(in srgb, var(--tone) 12%, transparent);
      }
      .result svg {
        color: var(--tone);
      }
      .error {
        color: var(--error-color);
      }
      .number {
        display: inline-flex;
        align-items: center;
        justify-content: center;
        width: 24px;
        height: 24px;
        border-radius: 50%;
        background: var(--secondary-background-color);
        font-size: 12px;
        flex: none;
      }
    `]}willUpdate(e){e.has(`request`)&&(e.get(`request`)?.id!==this.request.id&&this.reset(),this.request.status!==`pending`&&(this.chosen=null))}updated(e){e.has(`chosen`)&&this.chosen!==null&&this.first?.focus(),e.has(`needsPin`)&&this.needsPin&&this.pin?.focus(),this.alone&&!this.incident&&e.has(`request`)&&this.loadEvidence()}reset(){this.chosen=null,this.isBusy=this.isRead=this.needsPin=!1,this.error=``,this.incident=null}render(){let{t:e,now:t,language:n}=this.ctx,r=this.request,i=`${this.ctx.base}/request/${r.id}`;return D`
      <article class=${this.compact?``:`card`} aria-labelledby="title">
        <div class="content">
          <header class="row" style="align-items:flex-start">
            ${qe(r.severity,e)}
            <div class="grow">
              <h2 class="title" id="title">
                ${this.alone?r.title:D`<a href=${i}>${r.title}</a>`}
              </h2>
              <p class="quiet small">
                <a href="${this.ctx.base}/incident/${r.incident_id}">${e(`incident.number`,{number:r.incident_number})}</a>
                · <time datetime=${r.created_at} title=${Tt(r.created_at,n)}>${Ct(r.created_at,t,n)}</time>
                ${r.status===`pending`?D`· ${e(`request.expires`,{when:Ct(r.expires_at,t,n)})}`:A}
                ${r.requested_by||r.requested_via?D`· ${e(`request.by_person`)}`:A}
              </p>
            </div>
          </header>
          ${r.text&&!this.compact?D`<p class="text">${r.text}</p>`:A}
          ${r.status===`pending`?this.renderPending():this.renderDecided()}
          ${this.compact?A:this.renderEvidence()}
        </div>
      </article>
    `}renderPending(){let{t:e,now:t,language:n}=this.ctx,i=this.request;return D`
      ${i.snoozed_until&&Date.parse(i.snoozed_until)>t?D`<p class="row quiet">${B(`M23,12H17V10L20.39,6H17V4H23V6L19.62,10H23V12M15,16H9V14L12.39,10H9V8H15V10L11.62,14H15V16M7,20H1V18L4.39,14H1V12H7V14L3.62,18H7V20Z`)} ${e(`request.snoozed`,{when:wt(i.snoozed_until,t,n)})}</p>`:A}
      ${i.first?D`<p class="row quiet">${B(r)} ${e(`request.first`,{person:i.first.person_name,label:i.first.label})}</p>`:A}
      <div class="options">
        ${i.proposal.options.map(e=>this.renderOption(e))}
        <div aria-live="polite">${this.error?D`<p class="error" role="alert">${this.error}</p>`:A}</div>
      </div>
      ${i.proposal.left_out.length&&!this.compact?D`<details>
            ${V(e(`request.left_out`,{count:i.proposal.left_out.length}))}
            <ul class="small quiet">${i.proposal.left_out.map(e=>D`<li>${e}</li>`)}</ul>
          </details>`:A}
      ${this.mayDecide?this.renderOthers():D`<p class="quiet small">${e(`request.view_only`)}</p>`}
    `}renderOption(e){let{t,feed:n}=this.ctx,r=n.rows(`catalogue`)[0],i=Ft(e,t,r,Nt(e,n.rows(`statistics`))),a=D`<span class="grow">${e.label}</span> ${e.kind===`act`?Ye(e.risk,t):A}`,o=Pt(e);return D`
      <section class="option" aria-label=${t(`request.option`,{number:e.number,label:e.label})}>
        <div class="row"><span class="number" aria-hidden="true">${e.number}</span>${a}</div>
        ${this.alone||!o?A:D`<p class="small quiet">${o}</p>`}
        ${this.alone?D`<div class="plan">${i}</div>`:A}
        <div class="row option-end">
          ${this.alone||this.compact||!e.steps.length?D`<span class="grow"></span>`:D`<details class="grow">
                ${V(t(`request.plan`))}
                <div class="plan">${i}</div>
              </details>`}
          ${this.mayDecide&&this.chosen!==e.number?D`<button class="primary" ?disabled=${this.isBusy} @click=${()=>this.choose(e.number)}>
                ${t(e.kind===`act`?`request.approve`:`request.${e.kind}`)}
              </button>`:A}
        </div>
        ${this.mayDecide&&this.chosen===e.number?this.renderConfirm(e):A}
      </section>
    `}renderConfirm(e){let{t}=this.ctx,n=e.risk===`high`,r=!n||this.isRead;return D`
      <div class="confirm" role="group" aria-label=${t(`request.confirm_group`)}>
        <p>${t(e.kind===`act`?`request.confirm_act`:`request.confirm_other`,{label:e.label})}</p>
        ${e.needs_two&&!this.request.first?D`<p class="small quiet">${t(`plan.needs_two`)}</p>`:A}
        ${n?D`<label>
              <input type="checkbox" data-first .checked=${this.isRead} @change=${e=>this.isRead=e.target.checked} />
              ${t(e.reversible?`request.read`:`request.read_irreversible`)}
            </label>`:A}
        ${this.needsPin?D`<label>${t(`request.pin`)} <input name="pin" type="password" inputmode="numeric" maxlength="12" autocomplete="off" /></label>`:A}
        <div class="row wrap">
          <button
            class=${n?`danger`:`primary`}
            ?data-first=${!n}
            ?disabled=${this.isBusy||!r}
            @click=${()=>this.approve(e)}
          >
            ${t(`request.confirm`)}
          </button>
          <button @click=${()=>this.chosen=null}>${t(`action.cancel`)}</button>
        </div>
      </div>
    `}renderOthers(){let{t:e,now:t}=this.ctx;if(this.chosen===`snooze`)return D`<div class="confirm" role="group" aria-label=${e(`snooze.title`)}>
        <p>${e(`snooze.title`)}</p>
        <div class="row wrap">
          ${ht(t).map(([t,n],r)=>D`<button ?data-first=${r===0} ?disabled=${this.isBusy} @click=${()=>this.send({verb:`snooze`,until:n})}>${e(t)}</button>`)}
          <button class="plain" @click=${()=>this.chosen=null}>${e(`action.cancel`)}</button>
        </div>
      </div>`;if(this.chosen===`reject`||this.chosen===`ignore`){let t=this.chosen;return D`<div class="confirm" role="group" aria-label=${e(`request.confirm_group`)}>
        <p>${e(`request.confirm_${t}`)}</p>
        <div class="row wrap">
          <button class="primary" data-first ?disabled=${this.isBusy} @click=${()=>this.send({verb:t})}>${e(`verb.${t}`)}</button>
          <button @click=${()=>this.chosen=null}>${e(`action.cancel`)}</button>
        </div>
      </div>`}return D`<div class="row wrap">
      <button @click=${()=>this.choose(`reject`)}>${B(`M19,6.41L17.59,5L12,10.59L6.41,5L5,6.41L10.59,12L5,17.59L6.41,19L12,13.41L17.59,19L19,17.59L13.41,12L19,6.41Z`)}${e(`verb.reject`)}</button>
      <button @click=${()=>this.choose(`snooze`)}>${B(`M12,20A8,8 0 0,0 20,12A8,8 0 0,0 12,4A8,8 0 0,0 4,12A8,8 0 0,0 12,20M12,2A10,10 0 0,1 22,12A10,10 0 0,1 12,22C6.47,22 2,17.5 2,12A10,10 0 0,1 12,2M12.5,7V12.25L17,14.92L16.25,16.15L11,13V7H12.5Z`)}${e(`verb.snooze`)}</button>
      <button @click=${()=>this.choose(`ignore`)}>${B(`M2,5.27L3.28,4L20,20.72L18.73,22L15.65,18.92C14.5,19.3 13.28,19.5 12,19.5C7,19.5 2.73,16.39 1,12C1.69,10.24 2.79,8.69 4.19,7.46L2,5.27M12,9A3,3 0 0,1 15,12C15,12.35 14.94,12.69 14.83,13L11,9.17C11.31,9.06 11.65,9 12,9M12,4.5C17,4.5 21.27,7.61 23,12C22.18,14.08 20.79,15.88 19,17.19L17.58,15.76C18.94,14.82 20.06,13.54 20.82,12C19.17,8.64 15.76,6.5 12,6.5C10.91,6.5 9.84,6.68 8.84,7L7.3,5.47C8.74,4.85 10.33,4.5 12,4.5M3.18,12C4.83,15.36 8.24,17.5 12,17.5C12.69,17.5 13.37,17.43 14,17.29L11.72,15C10.29,14.85 9.15,13.71 9,12.28L5.6,8.87C4.61,9.72 3.78,10.78 3.18,12Z`)}${e(`verb.ignore`)}</button>
    </div>`}renderDecided(){let{t:e,now:t,language:n}=this.ctx,r=this.request,[i,a]={approved:[`good`,`M12 2C6.5 2 2 6.5 2 12S6.5 22 12 22 22 17.5 22 12 17.5 2 12 2M10 17L5 12L6.41 10.59L10 14.17L17.59 6.58L19 8L10 17Z`],rejected:[`bad`,`M12,2C17.53,2 22,6.47 22,12C22,17.53 17.53,22 12,22C6.47,22 2,17.53 2,12C2,6.47 6.47,2 12,2M15.59,7L12,10.59L8.41,7L7,8.41L10.59,12L7,15.59L8.41,17L12,13.41L15.59,17L17,15.59L13.41,12L17,8.41L15.59,7Z`],ignored:[`neutral`,`M2,5.27L3.28,4L20,20.72L18.73,22L15.65,18.92C14.5,19.3 13.28,19.5 12,19.5C7,19.5 2.73,16.39 1,12C1.69,10.24 2.79,8.69 4.19,7.46L2,5.27M12,9A3,3 0 0,1 15,12C15,12.35 14.94,12.69 14.83,13L11,9.17C11.31,9.06 11.65,9 12,9M12,4.5C17,4.5 21.27,7.61 23,12C22.18,14.08 20.79,15.88 19,17.19L17.58,15.76C18.94,14.82 20.06,13.54 20.82,12C19.17,8.64 15.76,6.5 12,6.5C10.91,6.5 9.84,6.68 8.84,7L7.3,5.47C8.74,4.85 10.33,4.5 12,4.5M3.18,12C4.83,15.36 8.24,17.5 12,17.5C12.69,17.5 13.37,17.43 14,17.29L11.72,15C10.29,14.85 9.15,13.71 9,12.28L5.6,8.87C4.61,9.72 3.78,10.78 3.18,12Z`],expired:[`warning`,`M11 7V13L16.2 16.1L17 14.9L12.5 12.2V7H11M20 12V18H22V12H20M20 20V22H22V20H20M18 20C16.3 21.3 14.3 22 12 22C6.5 22 2 17.5 2 12S6.5 2 12 2C16.8 2 20.9 5.4 21.8 10H19.7C18.8 6.6 15.7 4 12 4C7.6 4 4 7.6 4 12S7.6 20 12 20C14.4 20 16.5 18.9 18 17.3V20Z`],superseded:[`neutral`,`M11 7V13L16.2 16.1L17 14.9L12.5 12.2V7H11M20 12V18H22V12H20M20 20V22H22V20H20M18 20C16.3 21.3 14.3 22 12 22C6.5 22 2 17.5 2 12S6.5 2 12 2C16.8 2 20.9 5.4 21.8 10H19.7C18.8 6.6 15.7 4 12 4C7.6 4 4 7.6 4 12S7.6 20 12 20C14.4 20 16.5 18.9 18 17.3V20Z`]}[r.status]??[`neutral`,`M11 7V13L16.2 16.1L17 14.9L12.5 12.2V7H11M20 12V18H22V12H20M20 20V22H22V20H20M18 20C16.3 21.3 14.3 22 12 22C6.5 22 2 17.5 2 12S6.5 2 12 2C16.8 2 20.9 5.4 21.8 10H19.7C18.8 6.6 15.7 4 12 4C7.6 4 4 7.6 4 12S7.6 20 12 20C14.4 20 16.5 18.9 18 17.3V20Z`],o=r.decision,s=o?e(`decided.${r.status}`,{label:o.label,person:o.person_name,via:e(`front_end.${o.via}`),when:wt(o.at,t,n)}):r.withdrawn||e(`decided.${r.status}_alone`);return D`<p class="result row ${i}" role="status">${B(a)}<span>${s}</span></p>`}renderEvidence(){let{t:e}=this.ctx,t=this.incident?Et(this.incident,this.ctx):D`<p class="quiet">${e(`state.loading`)}</p>`;return this.alone?D`<h3 class="heading">${e(`request.evidence`)}</h3>${t}`:D`<details @toggle=${e=>e.target.open&&this.loadEvidence()}>
      ${V(e(`request.evidence`))}${t}
    </details>`}get mayDecide(){return!!this.ctx.feed.state?.connected&&yt(this.ctx.viewer.person,this.request.category)}choose(e){this.chosen=e,this.error=``,this.isRead=this.needsPin=!1}approve(e){let t=this.needsPin?{pin:this.pin?.value??``}:{};return this.send({verb:`approve`,option:e.number,plan_hash:e.plan_hash,...t})}async send(e){this.isBusy=!0,this.error=``;try{let t=await bt(this.ctx,`decide`,{approval_id:this.request.id,...e});this.ctx.feed.put(`approval`,t.id,t),this.chosen=null}catch(e){this.needsPin=e.code===`pin_needed`,this.error=xt(e,this.ctx.t)}finally{this.isBusy=!1}}async loadEvidence(){if(!this.incident)try{let e=await bt(this.ctx,`incident`,{incident_id:this.request.incident_id});this.incident=e.incident}catch(e){this.error=xt(e,this.ctx.t)}}};X([R({attribute:!1})],Q.prototype,`ctx`,void 0),X([R({attribute:!1})],Q.prototype,`request`,void 0),X([R({type:Boolean})],Q.prototype,`alone`,void 0),X([R({type:Boolean})],Q.prototype,`compact`,void 0),X([z()],Q.prototype,`chosen`,void 0),X([z()],Q.prototype,`isBusy`,void 0),X([z()],Q.prototype,`isRead`,void 0),X([z()],Q.prototype,`needsPin`,void 0),X([z()],Q.prototype,`error`,void 0),X([z()],Q.prototype,`incident`,void 0),X([Ve(`[data-first]`)],Q.prototype,`first`,void 0),X([Ve(`input[name=pin]`)],Q.prototype,`pin`,void 0),Q=X([L(`homelab-steward-request`)],Q);var Rt=50,zt=class extends Z{constructor(...e){super(...e),this.seen=new Set}static{this.styles=[...Z.styles,U]}render(){let{t:e,feed:t,now:n}=this.ctx,r=t.rows(`approval`),i=_t(r.filter(e=>e.status===`pending`),n);for(let e of i)this.seen.add(e.id);let a=r.filter(e=>e.status!==`pending`&&this.seen.has(e.id));return!i.length&&!a.length?H(`M0.41,13.41L6,19L7.41,17.58L1.83,12M22.24,5.58L11.66,16.17L7.5,12L6.07,13.41L11.66,19L23.66,7M18,7L16.59,5.58L10.24,11.93L11.66,13.34L18,7Z`,e(`inbox.empty`),e(`inbox.empty_text`)):D`
      <div class="page">
        ${this.ctx.viewer.person?A:D`<p class="quiet">${e(`inbox.not_a_person`)}</p>`}
        ${this.renderAll(i.slice(0,Rt))}
        ${i.length>Rt?D`<p class="quiet">${e(`inbox.more`,{count:i.length-Rt})}</p>`:A}
        ${a.length?D`<h2 class="heading">${e(`inbox.decided`)}</h2>
              ${this.renderAll(a)}`:A}
      </div>
    `}renderAll(e){return pt(e,e=>e.id,e=>D`<homelab-steward-request .ctx=${this.ctx} .request=${e}></homelab-steward-request>`)}};zt=X([L(`homelab-steward-inbox`)],zt);var Bt=class extends Z{static{this.styles=[...Z.styles,U]}render(){let{t:e,feed:t,base:n}=this.ctx,r=t.row(`approval`,this.item);if(!r){let t=D`<a class="button" href="${n}/inbox">${e(`nav.inbox`)}</a>`;return H(`M14 2H6C4.89 2 4 2.9 4 4V20C4 21.11 4.89 22 6 22H18C19.11 22 20 21.11 20 20V8L14 2M18 20H6V4H13V9H18V20M15 13C15 14.89 12.75 15.07 12.75 16.76H11.25C11.25 14.32 13.5 14.5 13.5 13C13.5 12.18 12.83 11.5 12 11.5S10.5 12.18 10.5 13H9C9 11.35 10.34 10 12 10S15 11.35 15 13M12.75 17.5V19H11.25V17.5H12.75Z`,e(`request.gone`),e(`request.gone_text`),t)}return D`<div class="page">
      <homelab-steward-request alone .ctx=${this.ctx} .request=${r}></homelab-steward-request>
    </div>`}};Bt=X([L(`homelab-steward-request-page`)],Bt);var Vt=[`catalogue`,`instance`,`incident`,`approval`,`statistics`,`person`,`front_end`],Ht=3e4,Ut=[((e,t,n,r={})=>({key:e,path:t,page:n,isMore:!1,isFull:!1,...r}))(`inbox`,i,e=>D`<homelab-steward-inbox .ctx=${e}></homelab-steward-inbox>`)],Wt={request:{tab:`inbox`,page:(e,t)=>D`<homelab-steward-request-page .ctx=${e} item=${t}></homelab-steward-request-page>`}},$=class extends I{constructor(...e){super(...e),this.narrow=!1,this.now=Date.now(),this.feed=new Ue(this,Vt)}static{this.styles=[W,U,f`
      :host {
        min-height: 100vh;
        background: var(--primary-background-color);
        --bar: calc(56px + env(safe-area-inset-bottom, 0px));
      }
      header {
        position: sticky;
        top: 0;
        z-index: 4;
        display: flex;
        align-items: center;
        height: var(--header-height, 56px);
        padding: 0 12px;
        gap: 4px;
        background: var(--app-header-background-color, var(--primary-color));
        color: var(--app-header-text-color, #fff);
        border-bottom: var(--app-header-border-bottom, none);
      }
      h1 {
        font-size: var(--ha-font-size-xl, 20px);
        font-weight: var(--ha-font-weight-normal, 400);
        margin-inline: 12px;
        white-space: nowrap;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      header button:hover:not(:disabled) {
        background: color-mix(in srgb, currentColor 12%, transparent);
      }
      header :focus-visible {
        outline-color: currentColor;
      }
      nav {
        display: flex;
        align-self: stretch;
      }
      nav a {
        color: inherit;
        display: flex;
        align-items: center;
        gap: 8px;
        padding: 0 14px;
        font-weight: 500;
        border-bottom: 3px solid transparent;
        position: relative;
        white-space: nowrap;
      }
      nav a:hover {
        text-decoration: none;
        background: color-mix(in srgb, currentColor 8%, transparent);
      }
      nav a[aria-current] {
        border-bottom-color: currentColor;
      }
      nav svg {
        width: 20px;
        height: 20px;
      }
      .count {
        min-width: 20px;
        padding: 0 6px;
        border-radius: 10px;
        background: color-mix(in srgb, var(--error-color, #db4437) 84%, #000);
        color: #fff;
        font-size: 12px;
        line-height: 20px;
        text-align: center;
      }
      .away {
        display: flex;
        align-items: center;
        gap: 12px;
        padding: 8px 16px;
        background: color-mix(in srgb, var(--warning-color, #ffa600) 20%, var(--primary-background-color));
      }
      @media (max-width: 1100px) {
        nav {
          position: fixed;
          inset: auto 0 0 0;
          z-index: 4;
          height: var(--bar);
          padding-bottom: env(safe-area-inset-bottom, 0px);
          background: var(--sidebar-background-color, var(--card-background-color, #fff));
          color: var(--secondary-text-color);
          border-top: 1px solid var(--divider-color);
        }
        nav a {
          flex: 1;
          min-width: 0;
          flex-direction: column;
          justify-content: center;
          gap: 2px;
          padding: 0 2px;
          border-bottom: none;
          font-size: 12px;
        }
        nav a[aria-current] {
          color: var(--link);
        }
        nav a .count {
          position: absolute;
          top: 4px;
          inset-inline-start: calc(50% + 6px);
          min-width: 16px;
          line-height: 16px;
          padding: 0 4px;
          font-size: 10px;
        }
        nav .wide {
          display: none;
        }
        main {
          padding-bottom: var(--bar);
        }
      }
      @media (min-width: 1101px) {
        nav .phone {
          display: none;
        }
      }
    `]}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>this.now=Date.now(),Ht),this.addEventListener(`click`,Ge)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer),this.removeEventListener(`click`,Ge)}willUpdate(e){e.has(`hass`)&&this.feed.follow(this.hass),this.hasUpdated&&e.size!==0||(this.now=Date.now())}shouldUpdate(e){let t=e.get(`hass`);return e.size!==1||t===void 0||t.language!==this.hass?.language||t.connection!==this.hass.connection}render(){let e=K(this.hass?.language??`en`),[t=`inbox`,n=``]=(this.route?.path??``).split(`/`).filter(Boolean).map(decodeURIComponent),r=Wt[t]?.tab??t,i=this.route?.prefix||`/homelab-steward`;return D`
      <header>
        ${this.narrow?D`<button class="icon" aria-label=${e(`nav.menu`)} @click=${this.toggleMenu}>${B(`M3,6H21V8H3V6M3,11H21V13H3V11M3,16H21V18H3V16Z`)}</button>`:A}
        <h1>${e(`title`)}</h1>
        <span class="grow"></span>
        ${this.renderNavigation(i,r)}
      </header>
      <main>${this.renderPage(t,n,i)}</main>
    `}get tabs(){let e=this.feed.state?.viewer?.access===`full`;return Ut.filter(t=>e||!t.isFull)}renderNavigation(e,t){let n=K(this.hass?.language??`en`),r=this.feed.rows(`approval`).filter(e=>e.status===`pending`).length,i=this.tabs.some(e=>e.isMore&&e.key===t)||t===`more`;return D`<nav aria-label=${n(`nav.pages`)}>
      ${this.tabs.map(i=>D`<a
          href="${e}/${i.key}"
          class=${i.isMore?`wide`:``}
          aria-current=${i.key===t?`page`:A}
        >
          ${B(i.path,``,`tab`)}<span>${n(`nav.${i.key}`)}</span>
          ${i.key===`inbox`&&r?D`<span class="count"><span aria-hidden="true">${r}</span><span class="hidden">${n(`nav.waiting`,{count:r})}</span></span>`:A}
        </a>`)}
      <a href="${e}/more" class="phone" aria-current=${i?`page`:A}>
        ${B(`M16,12A2,2 0 0,1 18,10A2,2 0 0,1 20,12A2,2 0 0,1 18,14A2,2 0 0,1 16,12M10,12A2,2 0 0,1 12,10A2,2 0 0,1 14,12A2,2 0 0,1 12,14A2,2 0 0,1 10,12M4,12A2,2 0 0,1 6,10A2,2 0 0,1 8,12A2,2 0 0,1 6,14A2,2 0 0,1 4,12Z`)}<span>${n(`nav.more`)}</span>
      </a>
    </nav>`}renderPage(e,t,r){let i=K(this.hass?.language??`en`),a=this.feed.state;if(this.feed.error)return H(n,i(`state.error`),this.feed.error,this.retry(i(`state.retry`)));if(!a||!this.hass)return Xe(i);if(!a.loaded||!a.viewer){let e=a.entries.length?i(`state.not_loaded_text`):i(`state.not_set_up_text`),t=D`<a class="button" href="/config/integrations/integration/homelab_steward">${i(`state.open_integration`)}</a>`;return H(`M22.11 21.46L2.39 1.73L1.11 3L6.25 8.14C6.1 8.41 6 8.7 6 9V14.5L9.5 18V21H14.5V18L15.31 17.2L20.84 22.73L22.11 21.46M13.09 16.59L12.67 17H11.33L10.92 16.59L8 13.67V9.89L13.89 15.78L13.09 16.59M12.2 9L10.2 7H14V3H16V7C17 7 18 8 18 9V14.5L17.85 14.65L16 12.8V9.09C16 9.06 15.95 9 15.92 9H12.2M10 6.8L8 4.8V3H10V6.8Z`,i(`state.not_loaded`),e,t)}if(a.viewer.access===`none`)return H(`M20.5,14.5V16H19V14.5H20.5M18.5,9.5H17V9A3,3 0 0,1 20,6A3,3 0 0,1 23,9C23,9.97 22.5,10.88 21.71,11.41L21.41,11.6C20.84,12 20.5,12.61 20.5,13.3V13.5H19V13.3C19,12.11 19.6,11 20.59,10.35L20.88,10.16C21.27,9.9 21.5,9.47 21.5,9A1.5,1.5 0 0,0 20,7.5A1.5,1.5 0 0,0 18.5,9V9.5M9,13C11.67,13 17,14.34 17,17V20H1V17C1,14.34 6.33,13 9,13M9,4A4,4 0 0,1 13,8A4,4 0 0,1 9,12A4,4 0 0,1 5,8A4,4 0 0,1 9,4M9,14.9C6.03,14.9 2.9,16.36 2.9,17V18.1H15.1V17C15.1,16.36 11.97,14.9 9,14.9M9,5.9A2.1,2.1 0 0,0 6.9,8A2.1,2.1 0 0,0 9,10.1A2.1,2.1 0 0,0 11.1,8A2.1,2.1 0 0,0 9,5.9Z`,i(`state.unknown`),i(`state.unknown_text`));let o={hass:this.hass,feed:this.feed,viewer:a.viewer,t:i,language:this.hass.locale?.language??this.hass.language,now:this.now,base:r,narrow:this.narrow},s=Wt[e]?.page??this.tabs.find(t=>t.key===e)?.page;return D`
      ${a.connected?A:D`<p class="away" role="status">${B(`M4,1C2.89,1 2,1.89 2,3V7C2,8.11 2.89,9 4,9H1V11H13V9H10C11.11,9 12,8.11 12,7V3C12,1.89 11.11,1 10,1H4M4,3H10V7H4V3M14,13C12.89,13 12,13.89 12,15V19C12,20.11 12.89,21 14,21H11V23H23V21H20C21.11,21 22,20.11 22,19V15C22,13.89 21.11,13 20,13H14M3.88,13.46L2.46,14.88L4.59,17L2.46,19.12L3.88,20.54L6,18.41L8.12,20.54L9.54,19.12L7.41,17L9.54,14.88L8.12,13.46L6,15.59L3.88,13.46M14,15H20V19H14V15Z`)}<span>${i(`state.away`)}</span></p>`}
      ${e===`more`?this.renderMore(r):(s??Ut[0].page)(o,t)}
    `}renderMore(e){let t=K(this.hass?.language??`en`);return D`<div class="page"><ul class="card list">
      ${this.tabs.filter(e=>e.isMore).map(n=>D`<li><a class="item" href="${e}/${n.key}">${B(n.path)}<span>${t(`nav.${n.key}`)}</span></a></li>`)}
    </ul></div>`}retry(e){return D`<button @click=${()=>location.reload()}>${e}</button>`}toggleMenu(){this.dispatchEvent(new Event(`hass-toggle-menu`,{bubbles:!0,composed:!0}))}};X([R({attribute:!1})],$.prototype,`hass`,void 0),X([R({attribute:!1})],$.prototype,`route`,void 0),X([R({type:Boolean})],$.prototype,`narrow`,void 0),X([z()],$.prototype,`now`,void 0),$=X([L(`homelab-steward-panel`)],$);