import { useAbout } from '../api/queries';

/** Whose data places come from. A link opens only when someone follows it; the page itself asks nobody. */
export function Attribution() {
  const items = useAbout().data?.attribution ?? [];
  return (
    <>
      {items.map((item) => (
        <span key={item.text} className="attribution" title={item.text}>
          {item.url && /^https?:\/\//.test(item.url) ? (
            <a className="link" href={item.url} target="_blank" rel="noreferrer">{item.text}</a>
          ) : (
            item.text
          )}
        </span>
      ))}
    </>
  );
}
