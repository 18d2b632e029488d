/** One entry of a chart, in words too. */
export interface Bar {
  key: string;
  name: string;
  value: number | null;
  text: string;
}
