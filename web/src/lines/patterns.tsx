/** Stripes of overlaps and the hatch of what is urgent; every drawing of a page refers to the same ones. */

/** An invisible drawing that holds the patterns under ids of its own. */
export function Patterns({ id }: { readonly id: string }) {
  return (
    <svg width="0" height="0" className="nl-patterns" aria-hidden="true" focusable="false">
      <defs>
        <Stripes id={`${id}-overlap`} ground="var(--nl-recorded)" width={2} />
        <Stripes id={`${id}-overlap-forecast`} ground="var(--nl-forecast)" width={1.2} />
        <pattern id={`${id}-urgent`} width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
          <rect width="2" height="4" fill="var(--nl-urgent)" />
        </pattern>
      </defs>
    </svg>
  );
}

function Stripes({ id, ground, width }: { readonly id: string; readonly ground: string; readonly width: number }) {
  return (
    <pattern id={id} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect width="5" height="5" fill={ground} />
      <rect width={width} height="5" fill="var(--nl-happened)" />
    </pattern>
  );
}
