/** What is said of a request in telemetry and only the inner layers know. */
export interface RequestRecord {
    /** In hexadecimal digits, as is the span's. */
    readonly traceId: string;
    readonly spanId: string;
    /** The path template of the contract. */
    route?: string;
    operation?: string;
    /** The OAuth client, once its token is verified. */
    client?: string;
    /** A problem's slug or the name of an error's class. */
    errorType?: string;
}
