/** Results that come again and again, of which only so many are remembered. */

const LIMIT = 1024;
/** A key that is longer comes from somebody who wants to fill the memory. */
const LONGEST = 1024;

/** The same function of a text, which remembers what it gave; begins anew when it has too much to remember. */
export function cached<T>(make: (key: string) => T, limit = LIMIT): (key: string) => T {
    const known = new Map<string, T>();
    return (key) => {
        let found = known.get(key);
        if (found === undefined) {
            found = make(key);
            if (known.size >= limit) {
                known.clear();
            }
            if (key.length <= LONGEST) {
                known.set(key, found);
            }
        }
        return found;
    };
}
