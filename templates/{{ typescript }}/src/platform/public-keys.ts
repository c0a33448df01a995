/** Whether a public key can prove anything: what a library takes for a key may have been made so that all can sign. */

import type { KeyObject } from "node:crypto";

// SP 800-131A, section 3, and a bound of our own, for the cost of verifying grows with the square of the size.
const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 8192;
// FIPS 186-5, section 5.1.
const MIN_RSA_EXPONENT = 65537n;
const MAX_RSA_EXPONENT = 2n ** 256n;
// A modulus has no factor below 752 (SP 800-89, section 5.3.3).
const SMALL_FACTORS = primesBelow(752).reduce((product, prime) => product * BigInt(prime), 1n);
// Primes modulo which the keys of a faulty chip are powers of 65537, as next to no others are (CVE-2017-15361).
const FAULTY_CHIP = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157].map((prime) => ({
    prime: BigInt(prime),
    powers: powersOf65537(prime),
}));
const EDWARDS_PRIME = 2n ** 255n - 19n;
// The y of the points of small order; a signature by one of them is good for any text.
const ORDER_8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022n;
const SMALL_ORDER = [0n, 1n, EDWARDS_PRIME - 1n, ORDER_8, EDWARDS_PRIME - ORDER_8];

/** Whether the key is strong enough, its numbers are in their ranges, and each is written in its one way. */
export function isSound(jwk: Readonly<Record<string, unknown>>, key: KeyObject): boolean {
    // As Node writes the key; that a point is on its curve, OpenSSL has seen to.
    const written = key.export({ format: "jwk" }) as Record<string, string>;
    const isWrittenSo = ["n", "e", "x", "y"].every((name) => jwk[name] === written[name]);
    if (!isWrittenSo) {
        return false;
    }
    if (key.asymmetricKeyType === "rsa") {
        return isSoundRsa(number(written.n as string), number(written.e as string));
    }
    if (key.asymmetricKeyType === "ed25519") {
        const octets = Buffer.from(written.x as string, "base64url").reverse();
        const y = BigInt(`0x${octets.toString("hex")}`) & (2n ** 255n - 1n);
        return y < EDWARDS_PRIME && !SMALL_ORDER.includes(y);
    }
    return key.asymmetricKeyType === "ec";
}

function isSoundRsa(modulus: bigint, exponent: bigint): boolean {
    const bits = modulus.toString(2).length;
    return (
        bits >= MIN_RSA_BITS &&
        bits <= MAX_RSA_BITS &&
        exponent >= MIN_RSA_EXPONENT &&
        exponent < MAX_RSA_EXPONENT &&
        commonDivisor(modulus, SMALL_FACTORS) === 1n &&
        !FAULTY_CHIP.every(({ prime, powers }) => powers.has(modulus % prime))
    );
}

function number(text: string): bigint {
    return BigInt(`0x${Buffer.from(text, "base64url").toString("hex") || "0"}`);
}

function commonDivisor(one: bigint, other: bigint): bigint {
    let [larger, smaller] = [one, other];
    while (smaller !== 0n) {
        [larger, smaller] = [smaller, larger % smaller];
    }
    return larger;
}

function primesBelow(limit: number): number[] {
    const primes: number[] = [];
    for (let candidate = 2; candidate < limit; candidate++) {
        if (primes.every((prime) => candidate % prime !== 0)) {
            primes.push(candidate);
        }
    }
    return primes;
}

function powersOf65537(prime: number): ReadonlySet<bigint> {
    const powers = new Set<bigint>();
    let power = 1n;
    while (!powers.has(power)) {
        powers.add(power);
        power = (power * 65537n) % BigInt(prime);
    }
    return powers;
}
