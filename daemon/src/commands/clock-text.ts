// Moments as people read them, in local time.

const two = (number: number): string => String(number).padStart(2, "0");

/** `10:02:11.412` */
export function clockText(ms: number): string {
  const date = new Date(ms);
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${clock}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** `2026-11-25` */
export function dayText(ms: number): string {
  const date = new Date(ms);
  return [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
}
