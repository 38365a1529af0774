import { Link } from 'react-router';
import { strings } from './strings.ts';

export function NotFoundPage() {
  return (
    <div>
      <h1>{strings.notFound}</h1>
      <Link to="/">{strings.toOverview}</Link>
    </div>
  );
}
