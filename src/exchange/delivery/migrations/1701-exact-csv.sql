-- CSV files kept so far hold the data as it is. `csv` now means the form that is safe in a spreadsheet; it is made anew.
update delivery_rendering set format = 'csv-exact' where format = 'csv';
