/** A column of a BaseTable; its cells come by the slot of its key. */
export interface Column {
  key: string;
  label: string;
  /** Figures stand to the right. */
  right?: boolean;
  /** Left out on narrow screens. */
  wide?: boolean;
}
