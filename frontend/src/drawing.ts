/** Takes pictures that the app drew: only shapes, text and their attributes get into the page. */

const NAMESPACE = "http://www.w3.org/2000/svg";
const ELEMENTS = new Set(["svg", "g", "title", "desc", "text", "line", "rect", "circle", "path", "polyline", "polygon"]);
const ATTRIBUTES =
  /^(viewBox|role|aria-label|font-size|font-family|font-weight|text-anchor|fill|fill-opacity|stroke|stroke-opacity|stroke-width|opacity|transform|rx|ry|r|d|points|[xy][12]?|c[xy]|width|height)$/;
const VALUE = /^[^<>]*$/;

/** Return the picture as an element, null when the text is no picture. */
export function drawing(svg: string): SVGElement | null {
  const parsed = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  return parsed.localName === "svg" ? (copy(parsed) as SVGElement | null) : null;
}

function copy(source: Element): Element | null {
  if (source.namespaceURI !== NAMESPACE || !ELEMENTS.has(source.localName)) return null;
  const made = document.createElementNS(NAMESPACE, source.localName);
  for (const { name, value } of source.attributes) {
    if (ATTRIBUTES.test(name) && VALUE.test(value) && !/url\s*\(/i.test(value)) made.setAttribute(name, value);
  }
  for (const child of source.childNodes) {
    if (child instanceof Element) {
      const copied = copy(child);
      if (copied) made.append(copied);
    } else if (child.nodeType === Node.TEXT_NODE) made.append(child.textContent ?? "");
  }
  return made;
}
