// The elements whose text stands out from its ground by less than 4.5 to 1 (WCAG 2.2, 1.4.3).
const channel = (value) => {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
};
const light = (colour) => {
  const [red, green, blue] = colour.match(/[\d.]+/g).map(Number).map(channel);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const ground = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (!/, 0\)$/.test(colour)) return colour;
  }
  return "rgb(255, 255, 255)";
};
const found = new Set();
for (const element of document.querySelectorAll("body *")) {
  const hasText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  if (!hasText || !element.checkVisibility() || element.closest("svg")) continue;
  const colour = getComputedStyle(element).color;
  const [high, low] = [light(colour), light(ground(element))].sort((a, b) => b - a);
  if ((high + 0.05) / (low + 0.05) < 4.5) {
    found.add(`${element.tagName}.${element.className}: ${colour} on ${ground(element)}`);
  }
}
return [...found];
