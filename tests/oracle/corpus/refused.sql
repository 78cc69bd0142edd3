-- PostgreSQL reads these and the gate does not: false denials, each known.
select E'a'
'b';
select U&"d!0061t" uescape E'!' from t;
select * from user;
select * from current_date;
select * from session_user u;
set names 'utf8';
values (default);
values ((table "A"));
select x in ((select 1) order by 1) from t;
