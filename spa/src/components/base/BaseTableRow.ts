import { defineComponent, h, renderSlot, shallowRef, watch, type PropType, type Slots } from "vue";

import type { Column } from "./table";

/**
 * One row of a BaseTable: what its cells read is watched by itself alone, so a scroll renders the
 * rows that came and no others. A row of the page may come to show another row of the list.
 */
export default defineComponent({
  props: {
    row: { type: null as unknown as PropType<unknown>, required: true },
    id: { type: String, required: true },
    columns: { type: Array as PropType<readonly Column[]>, required: true },
    cells: { type: Object as PropType<Slots>, required: true },
    height: { type: Number, required: true },
  },
  setup(props) {
    const element = shallowRef<HTMLElement | null>(null);
    // Who stood here with the keyboard shall not act on the row that came after.
    watch(() => props.id, () => {
      const active = document.activeElement;
      if (active instanceof HTMLElement && element.value?.contains(active)) active.blur();
    });
    return () =>
      h(
        "tr",
        { ref: element, class: "border-b border-line/60 hover:bg-raised", style: { height: `${String(props.height)}px` } },
        props.columns.map(({ key, right, wide }) =>
          h(
            "td",
            { key, class: ["px-1.5 whitespace-nowrap md:px-3", right && "text-right", wide && "hidden md:table-cell"] },
            [renderSlot(props.cells, key, { row: props.row })],
          ),
        ),
      );
  },
});
