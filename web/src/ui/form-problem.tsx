import { ApiError } from '../api/client';
import { sentence } from '../lib/text';
import { Shape } from './shape';

/** What is wrong with a form as a whole. */
export function FormProblem({ text }: { text: string | undefined }) {
  return text ? <div className="field-error" role="alert"><Shape kind="crit" size={10} />{text}</div> : null;
}

/** A refusal of the server at the members that it names; what has no place in the form is told for the form as a whole. */
export function placeProblem(error: unknown, members: readonly string[]): { errors: Record<string, string>; general: string | undefined } {
  const text = error instanceof Error ? error.message : 'The reason is not known.';
  const named = error instanceof ApiError ? Object.entries(error.problem.members ?? {}) : [];
  const errors: Record<string, string> = {};
  for (const [path, what] of named) {
    const member = path.split(/[.[]/).find((one) => members.includes(one));
    if (member) errors[member] = sentence(what);
  }
  return { errors, general: Object.keys(errors).length > 0 ? undefined : text };
}
