-- Deadlines of orders are looked for by one repeated job (contracts.overdue); those that waited for one order each go.
delete from graphile_worker._private_jobs
 where task_id in (select id from graphile_worker._private_tasks where identifier = 'contracts.deadline');
