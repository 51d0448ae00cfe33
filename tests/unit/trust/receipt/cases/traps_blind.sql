-- Seeded traps that were written when the checks were done. Form: see traps_seen.sql.

-- tables clinic
CREATE TABLE patients (id INTEGER, full_name VARCHAR, city VARCHAR, insurer_id INTEGER, born DATE);
CREATE TABLE insurers (id INTEGER, title VARCHAR, budget INTEGER);
CREATE TABLE visits (id INTEGER, patient_id INTEGER, doctor VARCHAR, fee INTEGER, seen TIMESTAMP, outcome VARCHAR, minutes INTEGER);
CREATE TABLE lab_tests (id INTEGER, visit_id INTEGER, kind VARCHAR, charge INTEGER);
CREATE TABLE prescriptions (id INTEGER, visit_id INTEGER, drug VARCHAR, doses INTEGER);
INSERT INTO insurers VALUES (1, 'Alpha', 1000), (2, 'Beta', 2000), (3, 'Gamma', 500);
INSERT INTO patients VALUES (1, 'Eva Roth', 'Bonn', 1, '1980-01-01'), (2, 'Max Blau', 'Bonn', 2, '1990-05-05'), (3, 'Eva Roth', 'Kiel', 1, '1975-07-07'), (4, 'Ute Grau', 'Kiel', NULL, '2000-02-02'), (5, 'Jan Gelb', 'Ulm', 2, '1960-03-03'), (6, 'Tom Weiss', 'Ulm', 7, '1999-09-09');
INSERT INTO visits VALUES (1, 1, 'Nolte', 80, '2023-03-01 09:00', 'ok', 20), (2, 1, 'Nolte', 120, '2023-03-31 16:00', 'ok', 30), (3, 2, 'Opitz', 60, '2023-04-02 10:00', 'missed', 0), (4, 3, 'Opitz', 90, '2023-04-15 11:00', NULL, 25), (5, 4, 'Pohl', 90, '2023-04-30 08:30', 'ok', 15), (6, 6, 'Pohl', 40, '2023-05-02 12:00', 'missed', NULL);
INSERT INTO lab_tests VALUES (1, 1, 'blood', 10), (2, 1, 'urine', 5), (3, 1, 'blood', 10), (4, 2, 'blood', 10), (5, 4, 'x-ray', 50), (6, 5, 'blood', 12);
INSERT INTO prescriptions VALUES (1, 1, 'iron', 30), (2, 1, 'zinc', 10), (3, 4, 'iron', 60), (4, 4, 'b12', 5), (5, 5, 'iron', 20);

-- trap fan-out
SELECT doctor, sum(fee) AS fees FROM visits v JOIN lab_tests t ON t.visit_id = v.id GROUP BY doctor;

-- trap fan-out
WITH seen AS (SELECT i.title, i.budget FROM insurers i JOIN patients p ON p.insurer_id = i.id JOIN visits v ON v.patient_id = p.id)
SELECT sum(i.budget) FROM insurers i JOIN patients p ON p.insurer_id = i.id;

-- trap fan-out
SELECT avg(p.insurer_id + v.fee), sum(v.minutes) FROM patients p JOIN visits v ON v.patient_id = p.id JOIN prescriptions r ON r.visit_id = v.id;

-- trap double-count
SELECT v.doctor, count(t.id) AS tests, count(r.id) AS drugs
FROM visits v LEFT JOIN lab_tests t ON t.visit_id = v.id LEFT JOIN prescriptions r ON r.visit_id = v.id
GROUP BY v.doctor;

-- trap double-count
SELECT sum(t.charge) + sum(r.doses) FROM visits v JOIN lab_tests t ON t.visit_id = v.id JOIN prescriptions r ON r.visit_id = v.id;

-- trap rows-lost
SELECT i.title, sum(v.fee) FROM visits v JOIN patients p ON p.id = v.patient_id JOIN insurers i ON i.id = p.insurer_id GROUP BY i.title;

-- trap left-join-filtered
SELECT p.full_name, count(v.id) FROM patients p LEFT JOIN visits v ON v.patient_id = p.id
WHERE v.seen >= DATE '2023-04-01' GROUP BY p.id, p.full_name;

-- trap left-join-filtered
SELECT i.title, p.full_name FROM insurers i LEFT JOIN patients p ON p.insurer_id = i.id WHERE p.city IN ('Bonn', 'Kiel');

-- trap counts-missing-as-one
SELECT i.title, count(*) AS patients FROM insurers i LEFT JOIN patients p ON p.insurer_id = i.id GROUP BY i.id, i.title ORDER BY patients;

-- trap last-day-cut
SELECT count(*) FROM visits WHERE seen >= '2023-03-01' AND seen <= '2023-03-31';

-- trap last-day-cut
SELECT doctor, sum(fee) FROM visits WHERE seen BETWEEN DATE '2023-04-01' AND DATE '2023-04-30' GROUP BY doctor;

-- trap absent-value
SELECT count(*) FROM lab_tests WHERE kind IN ('blood', 'xray');

-- trap absent-value
SELECT count(*) FROM visits WHERE doctor LIKE 'Dr. %';

-- trap null-in-comparison
SELECT doctor, count(*) FROM visits WHERE NOT (outcome = 'missed') GROUP BY doctor;

-- trap null-in-not-in
SELECT title FROM insurers WHERE id NOT IN (SELECT insurer_id FROM patients);

-- trap average-skips-nulls
SELECT avg(minutes) FROM visits;

-- trap grouped-by-name
SELECT p.full_name, sum(v.fee) AS paid FROM patients p LEFT JOIN visits v ON v.patient_id = p.id GROUP BY p.full_name ORDER BY paid;

-- trap repeated-result
SELECT p.full_name, v.fee FROM patients p JOIN visits v ON v.patient_id = p.id JOIN lab_tests t ON t.visit_id = v.id;

-- trap ties-cut
SELECT doctor, fee FROM visits ORDER BY fee DESC LIMIT 2;

-- trap ties-cut
SELECT doctor, count(*) AS n FROM visits GROUP BY doctor ORDER BY n DESC LIMIT 1;

-- trap average-of-averages
WITH per_outcome AS (SELECT outcome, avg(fee) AS mean_fee FROM visits GROUP BY outcome)
SELECT round(avg(mean_fee), 2) FROM per_outcome;

-- trap share-of-itself
SELECT doctor, sum(CASE WHEN outcome = 'missed' THEN 1 ELSE 0 END) * 100.0 / count(*) AS missed_rate
FROM visits WHERE outcome = 'missed' GROUP BY doctor;

-- trap share-of-itself
SELECT city, count(*) * 100.0 / sum(count(*)) OVER () AS percent FROM patients WHERE city = 'Bonn' GROUP BY city;

-- trap share-above-whole
SELECT p.city, 100.0 * count(v.id) / (SELECT count(*) FROM patients WHERE city = 'Bonn') AS percent_with_visit
FROM patients p JOIN visits v ON v.patient_id = p.id JOIN lab_tests t ON t.visit_id = v.id WHERE p.city = 'Bonn' GROUP BY p.city;

-- trap integer-division
SELECT doctor, CAST(sum(CASE WHEN outcome = 'ok' THEN 1 ELSE 0 END) / count(*) AS INTEGER) AS ok_rate FROM visits GROUP BY doctor;

-- trap integer-division
SELECT sum(fee) // sum(minutes) AS per_minute FROM visits;

-- tables sensors
CREATE TABLE stations (station_id INTEGER, station_name VARCHAR, build VARCHAR, opened VARCHAR);
CREATE TABLE readings (station_id INTEGER, at_local TIMESTAMP, measured TIMESTAMPTZ, level INTEGER, flow INTEGER, avg_temp DOUBLE, n INTEGER);
INSERT INTO stations VALUES (1, 'Weir', '2', '12/31/1999'), (2, 'Mill', '11', '01/15/2005'), (3, 'Dam', '103', '07/04/1988'), (3, 'Dam', '103', '07/04/1988'), (4, 'Gate', '20', '03/03/2011');
INSERT INTO readings VALUES (1, '2024-06-01 08:00', '2024-06-01 06:00+00', 5, 10, 11.5, 4), (1, '2024-06-01 08:00', '2024-06-01 06:00+00', 7, 0, 12.5, 40), (2, '2024-06-02 08:00', '2024-06-02 06:00+00', 9, 4, 13.0, 2), (4, '2024-06-03 08:00', '2024-06-03 06:00+00', 2, 3, 9.0, 1);

-- trap number-as-text
SELECT station_name FROM stations WHERE build > '100';

-- trap number-as-text
SELECT station_name, build FROM stations ORDER BY build LIMIT 2;

-- trap date-as-text
SELECT station_name, opened FROM stations ORDER BY opened;

-- trap date-as-text
SELECT min(opened) FROM stations;

-- trap duplicate-key
SELECT s.station_name, sum(r.level) FROM stations s LEFT JOIN readings r ON r.station_id = s.station_id GROUP BY s.station_name;

-- trap zones-mixed
SELECT count(*) FROM readings WHERE measured = at_local;

-- trap zones-mixed
SELECT station_id, date_diff('hour', measured, at_local) FROM readings;

-- trap division-by-zero
SELECT station_id, sum(level) / sum(flow - 4) AS ratio FROM readings GROUP BY station_id;

-- trap division-by-zero
SELECT station_id, level / flow FROM readings;

-- trap average-of-averages
SELECT avg(avg_temp) FROM readings;

-- trap default-frame
SELECT station_id, at_local, sum(level) OVER (PARTITION BY station_id ORDER BY at_local) AS running FROM readings;

-- trap default-frame
SELECT station_id, last_value(level) OVER (PARTITION BY station_id ORDER BY at_local, level) AS latest FROM readings;

-- trap share-of-other-whole
SELECT station_id, 100.0 * sum(level) / (SELECT sum(level) FROM readings) AS share FROM readings WHERE flow > 3 GROUP BY station_id;
