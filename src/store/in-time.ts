/** Whether a promise resolves within this time, ms. */
export async function isInTime(coming: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([coming.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
