import { useEffect, useRef } from 'react';
import { useNavigate } from 'react-router';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useCreateDraft } from '../api/drafts.ts';
import { strings } from '../strings.ts';

/** Makes a draft and goes there: from then on it has an address of its own. */
export function NewCampaignPage() {
  const create = useCreateDraft();
  const navigate = useNavigate();
  const begun = useRef(false);
  const { mutate } = create;
  useEffect(() => {
    // React runs effects twice while it is developed; one draft is enough.
    if (begun.current) return;
    begun.current = true;
    mutate(
      { name: strings.untitled },
      { onSuccess: ({ id }) => void navigate(`/campaigns/${id}/edit`, { replace: true }) },
    );
  }, [mutate, navigate]);
  if (create.isError) return <ProblemNote error={create.error} onRetry={() => mutate({ name: strings.untitled })} />;
  return (
    <div role="status" aria-label={strings.creating}>
      <Skeleton width={240} height={28} />
    </div>
  );
}
