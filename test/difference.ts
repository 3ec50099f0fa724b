/** The largest difference of two arrays, relative to the largest value of the second; not finite if any value is not. */
export function difference(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  let scale = 0;
  let most = 0;
  for (let i = 0; i < theirs.length; i++) {
    scale = Math.max(scale, Math.abs(theirs[i]!));
    const apart = Math.abs(ours[i]! - theirs[i]!);
    if (!(apart <= most)) most = apart;
  }
  return ours.length === theirs.length ? most / scale : NaN;
}
