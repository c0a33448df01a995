/** An access token from the embedded issuer of a service that runs. */

const TIMEOUT_MILLISECONDS = 5000;

/** The issuer gave none; the message says why and how to mend it. */
export class NoToken extends Error {}

export interface Wanted {
    readonly scopes: string;
    readonly client: string;
    readonly tenant: string | undefined;
}

/** An access token by client credentials (RFC 6749, section 4.4). Rejects with NoToken. */
export async function fetchToken(issuer: string, { scopes, client, tenant }: Wanted): Promise<string> {
    const form = new URLSearchParams({ grant_type: "client_credentials", scope: scopes, ...(tenant && { tenant }) });
    const authorization = `Basic ${Buffer.from(`${encodeURIComponent(client)}:any`).toString("base64")}`;
    let response: Response;
    try {
        response = await fetch(`${issuer}/token`, {
            method: "POST",
            headers: { authorization },
            body: form,
            signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
        });
    } catch {
        throw new NoToken(`Nothing answers at ${issuer}: start the service with \`make run\`.`);
    }
    if (!response.ok) {
        throw new NoToken(`The issuer answered ${response.status}: is ${issuer} the service that runs?`);
    }
    const { access_token: token } = (await response.json()) as { access_token: string };
    return token;
}
