-- A daily job runs once a London date; this row is what says it has.
create table job_run (
    job text not null,
    local_date date not null,
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    outcome jsonb,
    primary key (job, local_date)
);
comment on table job_run is 'One row a job a Europe/London date.';
comment on column job_run.job is 'Function name.';
comment on column job_run.local_date is 'The London date it ran for.';
comment on column job_run.started_at is 'When it began.';
comment on column job_run.finished_at is 'When it ended; null means it is running or was cut.';
comment on column job_run.outcome is 'What it did, in numbers.';
grant select, insert, update on job_run to pi_app;
