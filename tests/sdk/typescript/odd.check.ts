/** What types say of values that are odd, or newer than they are: compiled against the generated package. */

import { type AnyPet, type Cat, Client, type ListPetsArguments, listPets, parse, type Pet, replacePet, stringify, type Tree } from "./src/index.ts";

function wheels(pet: AnyPet): number | undefined {
  if (pet.kind === "cat") return pet.lives;
  if (pet.kind === "n3xx") return pet.wheels;
  // A subtype that is not known yet is its base.
  return pet.huge;
}

/** When all known subtypes are dealt with, something is left: those to come. */
function stranger(pet: AnyPet): [string, string | undefined] {
  if (pet.kind === "cat" || pet.kind === "n3xx" || pet.kind === "Pet") return ["known", undefined];
  return [pet.kind, pet.size];
}

const cat: Cat = { kind: "cat", lives: 9, friend: { kind: "n3xx", wheels: 4 } };
// @ts-expect-error: a tag belongs to its subtype
const wrong: Cat = { kind: "n3xx" };
// @ts-expect-error: a text can't be left out by `undefined` where the property is only optional
const absent: Cat = { kind: "cat", type: undefined };
const grown: NonNullable<Pet["size"]> = "enormous" as string;
const tree: Tree = [[], [[]]];
const filters: ListPetsArguments = { filterName: { a: "b" }, type: "cat", client: "c" };
// @ts-expect-error: what is only sent is closed: a misspelt value is found here and not by the service
const misspelt: ListPetsArguments = { type: "catt" };
void [stranger, wheels, wrong, absent, grown, tree, misspelt];

const text = '{"kind":"parrot","huge":1180591620717411303424,"size":"enormous","+1":1,"undeclared":{"deep":[1,null]}}';
const { asked, fetch } = recorded(text);
const client = new Client({ baseUrl: "https://api.example.com", fetch });
const [pet] = await listPets(client, filters);
await replacePet(client, { body: cat });
console.log(JSON.stringify({ same: stringify(pet) === text && stringify(parse(text)) === text, asked }));

function recorded(answer: string): { asked: string[]; fetch: typeof globalThis.fetch } {
  const asked: string[] = [];
  const fetch: typeof globalThis.fetch = async (url, init) => {
    const body = init?.body instanceof Uint8Array ? new TextDecoder().decode(init.body) : "";
    asked.push(`${init?.method} ${String(url)} ${body}`.trim());
    const isRead = init?.method === "GET";
    return new Response(isRead ? `[${answer}]` : null, { status: isRead ? 200 : 204, headers: { "content-type": "application/json" } });
  };
  return { asked, fetch };
}
