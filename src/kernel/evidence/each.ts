/**
 * Does `work` for each item, at most `atOnce` at a time. After a failure no further one is begun, and what was begun is
 * waited for: nothing runs on behind the caller's back.
 * @throws the first failure
 */
export async function eachOf<T>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const left = items[Symbol.iterator]();
  let failure: { readonly reason: unknown } | undefined;
  const lane = async () => {
    for (let next = left.next(); !next.done && !failure; next = left.next()) {
      await work(next.value).catch((reason: unknown) => {
        failure ??= { reason };
      });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  if (failure) throw failure.reason;
}
