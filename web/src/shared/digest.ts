/** The SHA-256 of a file in Base64, worked out while it is being sent; undefined where the browser cannot. */
export function digestOf(file: File): { readonly value: Promise<string | undefined>; readonly stop: () => void } {
  try {
    const worker = new Worker(new URL('./digest-worker.ts', import.meta.url), { type: 'module' });
    const value = new Promise<string | undefined>((done) => {
      worker.onmessage = ({ data }: MessageEvent<string>) => done(data);
      worker.onerror = () => done(undefined);
    });
    worker.postMessage(file);
    void value.then(() => worker.terminate());
    return { value, stop: () => worker.terminate() };
  } catch {
    return { value: Promise.resolve(undefined), stop: () => undefined };
  }
}
