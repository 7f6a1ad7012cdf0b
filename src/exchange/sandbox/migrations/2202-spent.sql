-- Cells and the privacy budget are kept by disclosure control (sandbox_allowance); here are the uses alone.
alter table sandbox_spent drop column cells, drop column epsilon_micro;
