import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { EmailJobAction, EmailJobMoved, EmailJobs, EmailJobsQuery, JobQuery } from '../../contract/email-jobs.ts';
import { StartupBody, StartupStatus, WorkerQuery, Workers, WorkersBody, WorkersReply } from '../../contract/workers.ts';
import type { Core } from '../../core/context.ts';
import { controlEmailJob, createEmailJob, listEmailJobs, removeEmailJob } from '../../core/email-jobs.ts';
import { isOperator } from '../../core/operators.ts';
import { controlPool, controlStartup, listPool, removeWorker, startupStatus } from '../../core/worker-pool.ts';
import { operatorsOnly } from '../auth.ts';
import { nothing } from '../replies.ts';
import { callerOf } from '../request.ts';

const tags = ['workers'];
const read = { config: { role: 'viewer' } } as const;
const write = { config: { role: 'editor' } } as const;
const operator = { config: { role: 'operator' } } as const;

/** The worker processes of every node, and the campaigns they work on as jobs. */
export function workerRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/workers',
      { ...read, schema: { tags, summary: 'Workers of every node, and autoscaling', response: { 200: Workers } } },
      () => listPool(core),
    );

    app.post(
      '/workers',
      {
        ...write,
        schema: {
          tags,
          summary: 'Start, stop, scale or restart workers (operators); or launch a draft as a job',
          body: WorkersBody,
          response: { 200: WorkersReply },
        },
      },
      async (request) => {
        const caller = callerOf(request);
        if (request.body.action === 'create-job') return createEmailJob(core, caller, request.body);
        if (!(await isOperator(core, caller))) throw operatorsOnly();
        return controlPool(core, request.body);
      },
    );

    app.delete(
      '/workers',
      {
        ...operator,
        schema: {
          tags,
          summary: 'End a worker when it has finished what is in flight',
          querystring: WorkerQuery,
          response: { 200: WorkersReply },
        },
      },
      (request) => removeWorker(core, request.query.workerId),
    );

    app.get(
      '/workers/startup',
      { ...read, schema: { tags, summary: 'Whether workers run', response: { 200: StartupStatus } } },
      () => startupStatus(core),
    );

    app.post(
      '/workers/startup',
      {
        ...operator,
        schema: {
          tags,
          summary: 'Set bounds and target of autoscaling; start or stop all workers',
          body: StartupBody,
          response: { 200: StartupStatus },
        },
      },
      (request) => controlStartup(core, request.body),
    );

    app.get(
      '/workers/jobs',
      {
        ...read,
        schema: {
          tags,
          summary: 'Campaigns as jobs, newest first, and how many there are of each state',
          querystring: EmailJobsQuery,
          response: { 200: EmailJobs },
        },
      },
      (request) => listEmailJobs(core, callerOf(request), request.query),
    );

    app.post(
      '/workers/jobs',
      {
        ...write,
        schema: {
          tags,
          summary: 'Retry, cancel or reschedule a job',
          body: EmailJobAction,
          response: { 200: EmailJobMoved },
        },
      },
      (request) => controlEmailJob(core, callerOf(request), request.body),
    );

    app.delete(
      '/workers/jobs',
      {
        ...write,
        schema: {
          tags,
          summary: 'Take a job that has ended off the lists; its ledger stays',
          querystring: JobQuery,
          response: nothing,
        },
      },
      async (request, reply) => {
        await removeEmailJob(core, callerOf(request), request.query.jobId);
        return reply.code(204).send(null);
      },
    );
  };
}
