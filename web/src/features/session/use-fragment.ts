import { useEffect, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';

/** What a link brings behind its #. It leaves the address bar at once, so that it stays in no history. */
export function useFragment(): URLSearchParams {
  const { pathname, search, hash } = useLocation();
  const navigate = useNavigate();
  const [brought] = useState(() => new URLSearchParams(window.location.hash.slice(1)));
  useEffect(() => {
    if (hash !== '') void navigate(pathname + search, { replace: true });
  }, [hash, pathname, search, navigate]);
  return brought;
}
