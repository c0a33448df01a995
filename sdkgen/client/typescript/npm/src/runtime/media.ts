/** Media types. */

/** The type without its parameters, in lower case (RFC 9110, section 8.3.1). */
export function essenceOf(type: string | null): string {
  return type?.split(";")[0]?.trim().toLowerCase() ?? "";
}

export function isJson(essence: string): boolean {
  return essence === "application/json" || essence.endsWith("+json");
}

export function isText(essence: string): boolean {
  return essence.startsWith("text/");
}

/** Is it the type, or of the range, such as `image/*`? */
export function matches(range: string, essence: string): boolean {
  const wanted = essenceOf(range);
  return wanted === "*/*" || wanted === essence || (wanted.endsWith("/*") && essence.startsWith(wanted.slice(0, -1)));
}
