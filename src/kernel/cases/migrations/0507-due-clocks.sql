-- For the sweep that looks for clocks whose job is gone.
create index case_clock_due on case_clock (due_at) where state = 'running';
