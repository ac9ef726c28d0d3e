-- The app role reads and writes rows and can do nothing else; the role that runs migrations owns the schema.
-- Roles belong to the server, not to one database, so the role may exist already.
do $$
begin
    create role pi_app nologin;
exception when duplicate_object or unique_violation then
    null;
end
$$;
revoke create on schema public from public;
grant usage on schema public to pi_app;
