import { ApiError } from '../../api/client';

export interface FactorErrors {
  password?: string;
  code?: string;
  general?: string;
}

/** A refusal at the field that it is about. */
export function placeFactorProblem(error: unknown): FactorErrors {
  if (!(error instanceof ApiError)) return { general: 'The reason is not known.' };
  if (error.status === 429) return { general: `Too many attempts. Try again in ${error.problem.retry_after_seconds ?? 30} s.` };
  if (error.problem.type.endsWith(':wrong-password')) return { password: 'This is not the password of your account.' };
  if (error.problem.type.endsWith(':wrong-code') || error.status === 422) return { code: 'This code does not count. Wait for the next one, and look at the clock of the device.' };
  return { general: error.message };
}
