/** What compiled programs call their own tensors. */

export const LOSS = "loss";
export const parameterName = (i: number): string => `parameter${i}`;
export const gradientName = (i: number): string => `gradient${i}`;
