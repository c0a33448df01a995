/** What a call is rejected with. None of the messages quotes a URL, a header or a body. */

/** There is no answer. A handler that does not catch it is answered with 503. */
export class CallFailed extends Error {
    override readonly name: string = "CallFailed";
}

/** The service could not be connected to, or the connection broke. */
export class ConnectionFailed extends CallFailed {
    override readonly name = "ConnectionFailed";
}

/** One of the limits of time is over. */
export class CallTimeout extends CallFailed {
    override readonly name = "CallTimeout";
}

/** The service failed again and again a moment ago, so it was not called. */
export class CircuitOpen extends CallFailed {
    override readonly name = "CircuitOpen";
}

/** The URL belongs to another origin than the client. */
export class ForeignOrigin extends CallFailed {
    override readonly name = "ForeignOrigin";
}

/** The body of the response is larger than `Limits.responseBytes`. */
export class ResponseTooLarge extends CallFailed {
    override readonly name = "ResponseTooLarge";
}

/** The authorization server gave no token. */
export class NoToken extends CallFailed {
    override readonly name = "NoToken";
}

/** The URL leads to an address that is not public. A handler that does not catch it is answered with 422. */
export class AddressRefused extends Error {
    override readonly name = "AddressRefused";
}
