/** Types that stay true when a newer service sends what this version does not know. */

/** The listed values, and whatever else comes. Editors still propose those that are listed. */
export type Open<Listed> = Listed | (Listed extends string ? string & Record<never, never> : number & Record<never, never>);

/**
 * A text that is none of those a union is told apart by. The compiler has no type for "any other text", and narrows only
 * by what can't be equal to a listed one: so it is told of a mark at the end, which is not really there.
 */
export type Unlisted = `${string}\u0000`;

/** The base of a union's members, with a tag that none of them has. */
export type Other<Base, Tag extends string> = { [Key in keyof Base as Key extends Tag ? never : Key]: Base[Key] } & {
  [Key in Tag]: Unlisted;
};

/** A form whose files are `Blob`s, which JSON can't have. */
export type WithFiles<Form, Files extends string> = {
  [Key in keyof Form]: Key extends Files ? (NonNullable<Form[Key]> extends unknown[] ? Blob[] : Blob) : Form[Key];
};

export type Bytes = Blob | ArrayBuffer | ArrayBufferView | string;
