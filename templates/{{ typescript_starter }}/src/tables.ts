/** What the service keeps. */

/** A quote, seen only by the caller who asked for it. */
export interface QuoteTable {
    id: string;
    owner: string;
    reference: string;
    state: "pending" | "priced" | "declined" | "cancelled" | "expired";
    /** JSON. */
    access: string;
    term_months: number;
    /** In UTC, as ISO 8601 has it with milliseconds: sorted as text, it is sorted by time. */
    created_at: string;
    cancellation_reason: string | null;
    version: number;
}

declare module "./platform/database.ts" {
    interface Tables {
        quote: QuoteTable;
    }
}
