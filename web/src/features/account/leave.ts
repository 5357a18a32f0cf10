import { navigate } from 'wouter/use-browser-location';
import { atBase } from '../../lib/base';

/** Leads away for good: Back does not come here again. */
export const leaveTo = (path: string): void => navigate(atBase(path), { replace: true });
