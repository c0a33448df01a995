/** MEF's official payloads through the types of its contract: compiled against the generated package, then run. */

import { readFileSync } from "node:fs";
import { type AnyRelatedPlaceRefOrValue, parse, type QuoteCreate, stringify } from "./src/index.ts";

/** The subtype by its tag: this compiles only where narrowing works, unknown subtypes and all. */
function whereabouts(place: AnyRelatedPlaceRefOrValue): string | undefined {
  switch (place["@type"]) {
    case "FieldedAddress":
      return place.streetName;
    case "GeographicAddressRef":
      return place.id;
    default:
      // @ts-expect-error: the other subtypes have no street
      void place.streetName;
      return place.role;
  }
}

const found = process.argv.slice(2).map((name) => {
  const payload: unknown = JSON.parse(readFileSync(name, "utf8"));
  const quote = parse(readFileSync(name, "utf8")) as QuoteCreate;
  const places = quote.quoteItem.flatMap((item) => item.product?.place ?? []);
  const written = stringify(quote);
  return { name, same: written === JSON.stringify(payload), places: places.map((place) => [place["@type"], whereabouts(place)]) };
});
console.log(JSON.stringify(found));
