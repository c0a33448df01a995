/** What the service keeps. */

/** Something that a request did; not whole until its second statement. */
export interface EffectTable {
    id: string;
    name: string;
    whole: number;
}

declare module "./platform/database.ts" {
    interface Tables {
        effect: EffectTable;
    }
}
