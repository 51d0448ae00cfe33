-- The library of analytic shapes: questions and their DuckDB queries over small invented tables.
--
-- A block ends at an empty line. `-- tables NAME` begins the tables of one invented database with a few rows; the pairs
-- below it are about them. `-- shape NAME` begins a pair: `-- ?` a wording of the question (`-- ?de` one in German), `-- =`
-- the rows that the query gives, then the query. Several pairs may share a shape. A question whose best match is of shape
-- `plain` needs no example. Tests run every query.

-- tables clinic
CREATE TABLE doctor (doctor_no INTEGER PRIMARY KEY, surname VARCHAR, ward VARCHAR);
CREATE TABLE patient (patient_no INTEGER PRIMARY KEY, full_name VARCHAR, born DATE);
CREATE TABLE visit (visit_no INTEGER PRIMARY KEY, doctor_no INTEGER REFERENCES doctor(doctor_no), patient_no INTEGER REFERENCES patient(patient_no), seen_on DATE, minutes INTEGER, fee DECIMAL(8,2), missed BOOLEAN);
INSERT INTO doctor VALUES (1, 'Abara', 'eyes'), (2, 'Brook', 'eyes'), (3, 'Costa', 'skin'), (4, 'Dahl', 'skin');
INSERT INTO patient VALUES (1, 'Ida Moss', '1950-03-01'), (2, 'Jon Peel', '1988-07-12'), (3, 'Kit Reed', '2001-01-30'), (4, 'Lea Snow', NULL);
INSERT INTO visit VALUES (1, 1, 1, '2023-01-09', 20, 80, false), (2, 1, 2, '2023-01-16', 35, 120, false), (3, 1, 3, '2023-02-06', 10, 60, true), (4, 2, 1, '2023-02-07', 45, 150, false), (5, 2, 2, '2023-03-01', 15, 70, true), (6, 3, 1, '2023-03-20', 30, 90, false), (7, 3, 3, '2023-05-02', 25, 110, false);

-- shape top of each
-- ? What are the two longest visits of each doctor? Give surname, date and minutes.
-- ? For every doctor show the two visits that took the most minutes.
-- ? top 2 visits by minutes per doctor
-- ? Please list each doctor's two longest visits.
-- ? two longest visits within each doctor
-- ?de Die zwei längsten Besuche jedes Arztes
-- ?de Die drei teuersten pro Kategorie
-- ?fr Les deux visites les plus longues de chaque médecin
-- ?es Las dos visitas más largas de cada médico
-- ?zh 每位医生时间最长的两次就诊
-- ?zh 每个类别中最高的三个
-- ?de Welche drei Besuche jedes Arztes waren die teuersten?
-- ?de Was sind die zwei höchsten Werte in jeder Gruppe?
-- ?fr Quelles sont les deux visites les plus chères de chaque médecin ?
-- ?fr les trois plus grands de chaque groupe
-- ?es ¿Cuáles son las dos visitas más caras de cada médico?
-- ?es los tres mayores de cada grupo
-- ?zh 每个组里最大的两个是什么？
-- = Abara, 2023-01-16, 35 | Abara, 2023-01-09, 20 | Brook, 2023-02-07, 45 | Brook, 2023-03-01, 15 | Costa, 2023-03-20, 30 | Costa, 2023-05-02, 25
SELECT d.surname, v.seen_on, v.minutes
FROM visit v JOIN doctor d ON d.doctor_no = v.doctor_no
QUALIFY row_number() OVER (PARTITION BY v.doctor_no ORDER BY v.minutes DESC) <= 2;

-- shape latest of each
-- ? What was the fee of each patient's most recent visit?
-- ? Latest visit of every patient with its date and fee
-- ? most recent fee per patient
-- ? Show the last visit for each patient.
-- ? What is the current value for each one, as of its newest record?
-- ?de Der letzte Besuch jedes Patienten mit Datum und Gebühr
-- ?fr La dernière visite de chaque patient
-- ?es La última visita de cada paciente
-- ?zh 每位患者最近一次就诊的费用
-- ?de Was ist der aktuelle Stand jedes Patienten?
-- ?de Was war jeweils die letzte Gebühr jedes Patienten?
-- ?fr Quelle est la valeur la plus récente de chaque patient ?
-- ?es ¿Cuál es el valor más reciente de cada paciente?
-- = Ida Moss, 2023-03-20, 90.00 | Jon Peel, 2023-03-01, 70.00 | Kit Reed, 2023-05-02, 110.00
SELECT p.full_name, v.seen_on, v.fee
FROM visit v JOIN patient p ON p.patient_no = v.patient_no
QUALIFY row_number() OVER (PARTITION BY v.patient_no ORDER BY v.seen_on DESC) = 1;

-- shape rate
-- ? What percentage of visits was missed for each ward?
-- ? Share of missed visits by ward
-- ? missed visit rate per ward
-- ? For each ward, how many percent of the visits were missed?
-- ? What is the no-show rate of each ward?
-- ? What proportion of the visits in every ward is missed?
-- ?de Wie viel Prozent der Besuche wurden je Station verpasst?
-- ?fr Quel pourcentage des visites a été manqué dans chaque service ?
-- ?es ¿Qué porcentaje de las visitas se perdió en cada sala?
-- ?zh 每个科室有百分之多少的就诊被错过？
-- ?de Welcher Anteil der Besuche wurde je Arzt verpasst, in Prozent?
-- ?de Quote der verpassten Besuche pro Station
-- ?fr Taux de visites manquées par service
-- ?es Tasa de visitas perdidas por sala
-- ?zh 每位医生的就诊有百分之几被取消？
-- = eyes, 40 | skin, 0
SELECT d.ward, 100.0 * count(*) FILTER (WHERE v.missed) / count(*) AS missed_percent
FROM visit v JOIN doctor d ON d.doctor_no = v.doctor_no
GROUP BY d.ward;

-- shape never
-- ? Which doctors have never had a visit?
-- ? List doctors without any visits.
-- ? doctors with no visits
-- ? Show the surnames of doctors that do not have a single visit.
-- ? Who has not had a visit yet?
-- ? How many doctors never saw a patient?
-- ?de Welche Ärzte hatten noch nie einen Besuch?
-- ?de Kunden ohne Bestellung
-- ?fr Quels médecins n'ont jamais eu de visite ?
-- ?es ¿Qué médicos nunca han tenido una visita?
-- ?zh 哪些医生从来没有接诊过？
-- ?zh 没有任何订单的客户
-- ?de Welche haben nie etwas ausgeliehen?
-- ?fr Clients sans commande
-- ?fr Lesquels n'ont jamais rien acheté ?
-- ?es Clientes sin pedidos
-- ?es ¿Quiénes nunca han comprado nada?
-- = Dahl
SELECT d.surname
FROM doctor d
WHERE NOT EXISTS (SELECT 1 FROM visit v WHERE v.doctor_no = d.doctor_no);

-- shape counts with zero
-- ? How many visits did each doctor have, including doctors without any?
-- ? Number of visits per doctor, zero for those who had none
-- ? visit count for all doctors incl. zero
-- ? Count visits for every doctor, even if there are none.
-- = Abara, 3 | Brook, 2 | Costa, 2 | Dahl, 0
SELECT d.surname, count(v.visit_no) AS visits
FROM doctor d LEFT JOIN visit v ON v.doctor_no = d.doctor_no
GROUP BY d.doctor_no, d.surname;

-- shape gaps between events
-- ? What is the average number of days between consecutive visits of each patient?
-- ? How long does a patient wait on average until the next visit?
-- ? average gap in days between visits per patient
-- ? For each patient, how many days pass between one visit and the next on average?
-- ? typical time between two consecutive visits by patient
-- ?de Wie viele Tage liegen durchschnittlich zwischen zwei aufeinanderfolgenden Besuchen jedes Patienten?
-- ?zh 每位患者两次就诊之间平均间隔多少天？
-- = Ida Moss, 35 | Jon Peel, 44 | Kit Reed, 85
WITH steps AS (
  SELECT patient_no, seen_on - lag(seen_on) OVER (PARTITION BY patient_no ORDER BY seen_on) AS days
  FROM visit
)
SELECT p.full_name, avg(s.days) AS average_days
FROM steps s JOIN patient p ON p.patient_no = s.patient_no
WHERE s.days IS NOT NULL
GROUP BY p.patient_no, p.full_name;

-- shape empty values
-- ? Which patients have no birth date on record?
-- ? List patients whose born is missing.
-- ? patients with unknown date of birth
-- ? How many rows have an empty value there?
-- ? Find the records where the date is not filled in.
-- = Lea Snow
SELECT full_name FROM patient WHERE born IS NULL;

-- shape plain
-- ? How many visits were there in total?
-- ? number of visits
-- ? Count all visits.
-- ? What is the total number of visits in March 2023?
-- ?de Wie viele Besuche gab es insgesamt?
-- ?zh 一共有多少次就诊？
-- ?fr Combien de visites y a-t-il ?
-- ?es ¿Cuántas visitas hay?
-- ?de Wie viele Ärzte gibt es?
-- ?de Wie viele Besuche gibt es auf jeder Station?
-- ?de Anzahl der Patienten
-- ?fr Combien de médecins y a-t-il au total ?
-- ?fr Nombre de visites par médecin
-- ?es ¿Cuántos médicos hay en total?
-- ?es Número de visitas por médico
-- ?zh 有多少位医生？
-- ?zh 每个科室有多少名医生？
-- = 7
SELECT count(*) AS visits FROM visit;

-- shape plain
-- ? What is the average fee for each ward?
-- ? Average fee by ward
-- ? mean minutes per ward
-- ? How much was charged in total for each doctor? Return surname and total.
-- ? Total fee by doctor, highest first
-- ?de Durchschnittliche Gebühr je Station
-- ?zh 每个科室的平均费用
-- ?de Durchschnittsgebühr pro Station
-- ?de Summe der Gebühren je Arzt
-- ?fr Montant moyen par service
-- ?fr Total des frais pour chaque médecin
-- ?es Tarifa media por sala
-- ?es Total de tarifas de cada médico
-- ?zh 每位医生的收费总额
-- = eyes, 96 | skin, 100
SELECT d.ward, avg(v.fee) AS average_fee
FROM visit v JOIN doctor d ON d.doctor_no = v.doctor_no
GROUP BY d.ward;

-- tables library
CREATE TABLE reader (card INTEGER PRIMARY KEY, reader_name VARCHAR, branch VARCHAR);
CREATE TABLE book (book_no INTEGER PRIMARY KEY, title VARCHAR, genre VARCHAR, pages INTEGER);
CREATE TABLE loan (card INTEGER REFERENCES reader(card), book_no INTEGER REFERENCES book(book_no), taken DATE, brought_back DATE, fine DECIMAL(6,2));
INSERT INTO reader VALUES (1, 'Olga', 'harbour'), (2, 'Pavel', 'harbour'), (3, 'Quinn', 'hill'), (4, 'Rosa', 'hill');
INSERT INTO book VALUES (1, 'Tides', 'science', 320), (2, 'Night Ferry', 'crime', 250), (3, 'The Well', 'crime', 410), (4, 'Moss', 'poetry', 90), (5, 'Ferry Tales', 'poetry', 120);
INSERT INTO loan VALUES (1, 1, '2024-01-03', '2024-01-20', 0), (1, 2, '2024-02-01', '2024-02-11', 0), (2, 2, '2024-02-15', '2024-03-30', 4.5), (2, 3, '2024-03-02', NULL, 0), (3, 3, '2024-01-10', '2024-01-12', 0), (3, 2, '2024-04-01', '2024-04-20', 1), (1, 3, '2024-04-22', '2024-05-02', 0);

-- shape both
-- ? Which readers have borrowed both science and crime books?
-- ? Readers who took science as well as crime
-- ? readers with loans in both genres, science and crime
-- ? Who has borrowed a science book and also a crime book?
-- ? Find everybody that appears with the one and with the other.
-- ?de Welche Leser haben sowohl Wissenschaft als auch Krimis ausgeliehen?
-- ?fr Quels lecteurs ont emprunté à la fois de la science et du crime ?
-- ?es ¿Qué lectores han tomado tanto ciencia como crimen?
-- ?zh 哪些读者既借过科学书又借过犯罪小说？
-- = Olga
SELECT r.reader_name
FROM loan l JOIN reader r ON r.card = l.card JOIN book b ON b.book_no = l.book_no
WHERE b.genre IN ('science', 'crime')
GROUP BY r.card, r.reader_name
HAVING count(DISTINCT b.genre) = 2;

-- shape only
-- ? Which readers have borrowed only crime books?
-- ? Readers who took nothing but crime
-- ? readers with crime loans exclusively
-- ? Who borrowed crime but never anything else?
-- ? Which ones are always and only of that kind?
-- = Quinn | Pavel
SELECT r.reader_name
FROM loan l JOIN reader r ON r.card = l.card JOIN book b ON b.book_no = l.book_no
GROUP BY r.card, r.reader_name
HAVING bool_and(b.genre = 'crime');

-- shape one but not the other
-- ? Which readers borrowed in February but not in April?
-- ? Readers with a loan in February and none in April
-- ? readers who took a book in one month but did not in another
-- ? Who was active in the first quarter but not in the second?
-- ? Which ones had crime loans but no science loans?
-- = Pavel
SELECT reader_name
FROM reader
WHERE card IN (SELECT card FROM loan WHERE month(taken) = 2)
  AND card NOT IN (SELECT card FROM loan WHERE month(taken) = 4);

-- shape most frequent of each
-- ? What is the most borrowed genre in each branch?
-- ? Most common genre per branch
-- ? favourite genre of every branch
-- ? For each branch, which genre is borrowed most often? Show the count too.
-- ? Which genre is the most popular in each branch?
-- ?de Das am häufigsten ausgeliehene Genre je Filiale
-- ?fr Le genre le plus emprunté dans chaque succursale
-- ?zh 每个分馆最受欢迎的类型是什么？
-- = harbour, crime, 4 | hill, crime, 2
SELECT r.branch, b.genre, count(*) AS loans
FROM loan l JOIN reader r ON r.card = l.card JOIN book b ON b.book_no = l.book_no
GROUP BY r.branch, b.genre
QUALIFY row_number() OVER (PARTITION BY r.branch ORDER BY count(*) DESC) = 1;

-- shape text search
-- ? Which books have the word ferry in the title?
-- ? Books whose title contains 'ferry'
-- ? search titles for ferry
-- ? Find all books mentioning ferry in their name.
-- ? List titles that start with the letter T.
-- ?de Welche Bücher enthalten das Wort Fähre im Titel?
-- ?zh 标题中包含渡轮的书
-- = Night Ferry, crime | Ferry Tales, poetry
SELECT title, genre FROM book WHERE title ILIKE '%ferry%';

-- shape days between
-- ? On average, how many days are books kept in each branch?
-- ? Average days from taken to brought back per branch
-- ? mean loan duration in days by branch
-- ? How long does a loan last on average for each branch, ignoring books not yet returned?
-- ? average time from start to end
-- ?de Wie viele Tage dauert eine Ausleihe im Durchschnitt je Filiale?
-- ?zh 每个分馆平均借阅多少天？
-- ?fr Combien de jours dure un prêt en moyenne dans chaque succursale ?
-- ?es ¿Cuántos días dura un préstamo en promedio en cada sucursal?
-- = hill, 10.5 | harbour, 20.25
SELECT r.branch, avg(date_diff('day', l.taken, l.brought_back)) AS average_days
FROM loan l JOIN reader r ON r.card = l.card
WHERE l.brought_back IS NOT NULL
GROUP BY r.branch;

-- shape open items
-- ? Which books have not been brought back yet?
-- ? List loans that are still open.
-- ? outstanding loans with reader and title
-- ? Which items are currently out?
-- = Pavel, The Well, 2024-03-02
SELECT r.reader_name, b.title, l.taken
FROM loan l JOIN reader r ON r.card = l.card JOIN book b ON b.book_no = l.book_no
WHERE l.brought_back IS NULL;

-- shape distinct counts
-- ? How many different readers borrowed each genre?
-- ? Number of distinct readers per genre
-- ? unique readers by genre
-- ? Count the individual readers for every genre, each once.
-- ?de Wie viele verschiedene Leser hat jedes Genre?
-- ?fr Combien de lecteurs différents pour chaque genre ?
-- ?es ¿Cuántos lectores distintos tiene cada género?
-- ?zh 每种类型有多少个不同的读者？
-- = crime, 3 | science, 1
SELECT b.genre, count(DISTINCT l.card) AS readers
FROM loan l JOIN book b ON b.book_no = l.book_no
GROUP BY b.genre;

-- shape group filter
-- ? Which readers have taken at least three books?
-- ? Readers with more than two loans, and how many
-- ? readers having >= 3 loans
-- ? Who borrowed more than 2 times?
-- ? Show genres with at least two books.
-- ?de Welche Leser haben mindestens drei Bücher ausgeliehen?
-- ?zh 借书至少三次的读者
-- = Olga, 3
SELECT r.reader_name, count(*) AS loans
FROM loan l JOIN reader r ON r.card = l.card
GROUP BY r.card, r.reader_name
HAVING count(*) >= 3;

-- shape against the average
-- ? Which books are longer than the average book?
-- ? Books with more pages than average
-- ? titles above average length
-- ? Show books whose page count exceeds the overall mean.
-- ? Which ones are below the average of all?
-- ?de Welche Bücher sind länger als der Durchschnitt?
-- ?zh 页数高于平均水平的书
-- = Tides, 320 | Night Ferry, 250 | The Well, 410
SELECT title, pages
FROM book
WHERE pages > (SELECT avg(pages) FROM book);

-- shape plain
-- ? List the titles of all crime books.
-- ? crime book titles
-- ? Show title and pages of the poetry books, longest first.
-- ? Which books are of genre crime?
-- ? What are the names of all readers?
-- ?de Liste die Titel aller Krimis auf
-- ?de Zeige alle Bücher mit Titel und Seitenzahl
-- ?de Welche Leser gehören zur Filiale Hafen?
-- ?fr Liste les titres de tous les romans policiers
-- ?fr Quels lecteurs sont de la succursale du port ?
-- ?es Lista los títulos de todos los libros policíacos
-- ?es ¿Qué lectores son de la sucursal del puerto?
-- ?zh 列出所有犯罪小说的标题
-- ?zh 显示来自港口分馆的读者姓名
-- = Night Ferry | The Well
SELECT title FROM book WHERE genre = 'crime';

-- tables ferries
CREATE TABLE route (route_no INTEGER PRIMARY KEY, harbour VARCHAR, island VARCHAR);
CREATE TABLE crossing (route_no INTEGER REFERENCES route(route_no), departed TIMESTAMP, passengers INTEGER, vehicles INTEGER, state VARCHAR);
INSERT INTO route VALUES (1, 'Oban', 'Mull'), (2, 'Oban', 'Lismore'), (3, 'Ullapool', 'Lewis');
INSERT INTO crossing VALUES (1, '2024-05-01 08:00', 100, 20, 'sailed'), (1, '2024-05-02 08:00', 150, 30, 'sailed'), (1, '2024-06-01 18:00', 0, 0, 'cancelled'), (2, '2024-05-01 09:30', 40, 4, 'sailed'), (2, '2024-06-03 09:30', 60, 6, 'late'), (3, '2024-05-04 18:15', 200, 60, 'late'), (3, '2024-06-08 18:15', 300, 90, 'sailed'), (3, '2024-07-01 18:15', 0, 0, 'cancelled');

-- shape share of total
-- ? What share of all passengers does each route carry?
-- ? Passengers per island and their percentage of the total
-- ? percent of total passengers by island
-- ? How much does every island contribute to overall passengers, in percent?
-- ? For each island give its passengers as a percentage of all passengers.
-- ?de Welchen Anteil an allen Passagieren hat jede Insel?
-- ?fr Quelle part du total des passagers représente chaque île ?
-- ?es ¿Qué parte del total de pasajeros tiene cada isla?
-- ?zh 每个岛的乘客占总数的百分比
-- ?de Wie groß ist der Anteil jeder Insel an der Gesamtzahl der Passagiere in Prozent?
-- ?de prozentualer Anteil jeder Insel am Gesamtwert
-- ?fr Quel est le pourcentage du total pour chaque île ?
-- ?es Porcentaje sobre el total de cada isla
-- ?zh 各个岛占总乘客数的比例
-- = Mull, 250, 29.4118 | Lismore, 100, 11.7647 | Lewis, 500, 58.8235
SELECT r.island, sum(c.passengers) AS carried, 100.0 * sum(c.passengers) / sum(sum(c.passengers)) OVER () AS percent
FROM crossing c JOIN route r ON r.route_no = c.route_no
GROUP BY r.island;

-- shape share within group
-- ? Within each harbour, what share of the passengers goes to each island?
-- ? For every harbour, percentage of its passengers by island
-- ? islands' share of passengers inside their harbour
-- ? What percent of each harbour's passengers does each island have?
-- ? breakdown in percent per harbour and island
-- ?de Anteil jeder Insel an den Passagieren ihres Hafens
-- ?zh 在每个港口内，各岛乘客所占的比例
-- = Oban, Lismore, 28.5714 | Oban, Mull, 71.4286 | Ullapool, Lewis, 100
SELECT r.harbour, r.island, 100.0 * sum(c.passengers) / sum(sum(c.passengers)) OVER (PARTITION BY r.harbour) AS percent
FROM crossing c JOIN route r ON r.route_no = c.route_no
GROUP BY r.harbour, r.island;

-- shape rate with threshold
-- ? Which routes have a cancellation rate above 30 percent?
-- ? Islands where more than 30% of crossings were cancelled
-- ? routes with cancelled share over 30 %
-- ? List the islands whose percentage of cancelled crossings exceeds 30, with the rate.
-- ? Only those with at least 2 crossings: which have a cancelled rate above a third?
-- ?de Welche Inseln haben eine Ausfallquote über 30 Prozent?
-- ?zh 取消率超过30%的航线
-- = Mull, 33.3333 | Lewis, 33.3333
SELECT r.island, 100.0 * count(*) FILTER (WHERE c.state = 'cancelled') / count(*) AS cancelled_percent
FROM crossing c JOIN route r ON r.route_no = c.route_no
GROUP BY r.island
HAVING 100.0 * count(*) FILTER (WHERE c.state = 'cancelled') / count(*) > 30;

-- shape columns side by side
-- ? For each island, how many crossings sailed, were late and were cancelled, in separate columns?
-- ? Number of sailed, late and cancelled crossings per island side by side
-- ? pivot of crossings by island and state
-- ? Show one row per island with a column for each state.
-- ? crossings by island, sailed vs late vs cancelled
-- ? per island: count of sailed and count of cancelled as two columns
-- ?de Je Insel die Zahl der gefahrenen, verspäteten und ausgefallenen Fahrten nebeneinander
-- ?zh 每个岛按状态分列的航班数
-- = Mull, 2, 0, 1 | Lismore, 1, 1, 0 | Lewis, 1, 1, 1
SELECT r.island,
       count(*) FILTER (WHERE c.state = 'sailed') AS sailed,
       count(*) FILTER (WHERE c.state = 'late') AS late,
       count(*) FILTER (WHERE c.state = 'cancelled') AS cancelled
FROM crossing c JOIN route r ON r.route_no = c.route_no
GROUP BY r.island;

-- shape date parts
-- ? How many crossings leave on each weekday?
-- ? Crossings by day of the week
-- ? number of departures per weekday
-- ? What is the average number of passengers for each weekday?
-- ?de Wie viele Fahrten gibt es an jedem Wochentag?
-- ?fr Nombre de traversées par jour de la semaine
-- ?es Número de viajes por día de la semana
-- ?zh 每个星期几有多少班次？
-- = Saturday, 3 | Wednesday, 2 | Monday, 2 | Thursday, 1
SELECT dayname(departed) AS weekday, count(*) AS crossings
FROM crossing
GROUP BY weekday
ORDER BY crossings DESC;

-- shape date parts
-- ? At which hour of the day are most crossings?
-- ? Crossings by hour of departure
-- ? busiest hour of the day
-- ? How many departures for each hour?
-- = 18, 4 | 8, 2 | 9, 2
SELECT hour(departed) AS hour_of_day, count(*) AS crossings
FROM crossing
GROUP BY hour_of_day
ORDER BY crossings DESC;

-- shape ratio of two sums
-- ? How many passengers are there per vehicle on each island's route?
-- ? Ratio of passengers to vehicles by island
-- ? passengers per vehicle by island
-- ? What is the ratio of total passengers to total vehicles for every island?
-- ? divide passengers by vehicles for each
-- ?de Verhältnis von Passagieren zu Fahrzeugen je Insel
-- ?zh 每个岛乘客与车辆的比率
-- = Mull, 5 | Lismore, 10 | Lewis, 3.33333
SELECT r.island, sum(c.passengers) * 1.0 / nullif(sum(c.vehicles), 0) AS passengers_per_vehicle
FROM crossing c JOIN route r ON r.route_no = c.route_no
GROUP BY r.island;

-- shape change from period before
-- ? How did the number of passengers change from month to month?
-- ? Monthly passengers and the difference to the month before
-- ? month over month change in passengers
-- ? For each month, show passengers and the change compared with the previous month.
-- ? increase or decrease against the prior month
-- ?de Veränderung der Passagiere gegenüber dem Vormonat
-- ?fr Variation du nombre de passagers par rapport au mois précédent
-- ?es Cambio de pasajeros respecto al mes anterior
-- ?zh 每月乘客数与上个月相比的变化
-- ?de Wie haben sich die Passagiere im Vergleich zum vorigen Monat entwickelt?
-- ?de Differenz zum Vormonat
-- ?fr Comment le nombre de passagers a-t-il changé par rapport au mois d'avant ?
-- ?es Diferencia con el mes anterior
-- ?zh 与上月相比变化了多少？
-- = 2024-05-01, 490, None | 2024-06-01, 360, -130 | 2024-07-01, 0, -360
WITH monthly AS (
  SELECT date_trunc('month', departed)::DATE AS month, sum(passengers) AS carried
  FROM crossing
  GROUP BY month
)
SELECT month, carried, carried - lag(carried) OVER (ORDER BY month) AS change
FROM monthly
ORDER BY month;

-- shape running total
-- ? What is the running total of passengers over time?
-- ? Cumulative passengers by date
-- ? running sum of passengers per month
-- ? For each month show passengers and the total so far.
-- ? How did the accumulated number of passengers grow month by month?
-- ?de Laufende Summe der Passagiere nach Monat
-- ?fr Cumul des passagers par mois
-- ?es Total acumulado de pasajeros por mes
-- ?zh 按月累计的乘客总数
-- = 2024-05-01, 490, 490 | 2024-06-01, 360, 850 | 2024-07-01, 0, 850
WITH monthly AS (
  SELECT date_trunc('month', departed)::DATE AS month, sum(passengers) AS carried
  FROM crossing
  GROUP BY month
)
SELECT month, carried, sum(carried) OVER (ORDER BY month) AS total_so_far
FROM monthly
ORDER BY month;

-- shape plain
-- ? How many passengers were carried to Mull in May 2024?
-- ? total passengers to Mull
-- ? What is the highest number of passengers on a single crossing?
-- ? Number of cancelled crossings
-- ? Which islands can be reached from Oban?
-- = 250
SELECT sum(c.passengers) AS carried
FROM crossing c JOIN route r ON r.route_no = c.route_no
WHERE r.island = 'Mull' AND c.departed >= '2024-05-01' AND c.departed < '2024-06-01';

-- tables school
CREATE TABLE pupil (pupil_id INTEGER PRIMARY KEY, pupil_name VARCHAR, form VARCHAR);
CREATE TABLE exam (pupil_id INTEGER REFERENCES pupil(pupil_id), subject VARCHAR, sat_on DATE, points INTEGER);
INSERT INTO pupil VALUES (1, 'Sami', '7a'), (2, 'Tove', '7a'), (3, 'Uma', '7b'), (4, 'Vito', '7b');
INSERT INTO exam VALUES (1, 'maths', '2024-01-15', 60), (1, 'maths', '2024-03-15', 75), (1, 'music', '2024-02-01', 90), (2, 'maths', '2024-01-15', 80), (2, 'maths', '2024-03-15', 70), (3, 'maths', '2024-01-15', 55), (3, 'music', '2024-02-01', 90), (4, 'maths', '2024-03-15', 95), (4, 'music', '2024-02-01', 40);

-- shape against own group
-- ? Which pupils scored above the average of their own form?
-- ? Exams with more points than the average of the same subject
-- ? pupils better than their form's average
-- ? List results that are higher than the mean of their subject.
-- ? For each subject, which pupils were above that subject's average?
-- ?de Welche Schüler lagen über dem Durchschnitt ihrer eigenen Klasse?
-- ?zh 高于本科目平均分的学生
-- ?de Wer ist besser als der Durchschnitt der eigenen Gruppe?
-- ?de Welche Ergebnisse liegen über dem Mittel ihres Fachs?
-- ?fr Quels élèves sont au-dessus de la moyenne de leur propre classe ?
-- ?es ¿Qué alumnos superan la media de su propio grupo?
-- ?zh 哪些学生的分数高于其班级的平均分？
-- = Sami, music, 90 | Uma, music, 90 | Sami, maths, 75 | Tove, maths, 80 | Vito, maths, 95
SELECT p.pupil_name, e.subject, e.points
FROM exam e JOIN pupil p ON p.pupil_id = e.pupil_id
QUALIFY e.points > avg(e.points) OVER (PARTITION BY e.subject);

-- shape first and last of each
-- ? How much did each pupil's maths points change between the first and the last exam?
-- ? First and last maths result of every pupil
-- ? earliest and latest points per pupil
-- ? For each pupil compare the first with the most recent maths exam.
-- ? improvement from first to last by pupil
-- ?de Erstes und letztes Ergebnis jedes Schülers
-- ?zh 每个学生的第一次和最后一次成绩
-- = Sami, 60, 75, 15 | Tove, 80, 70, -10 | Uma, 55, 55, 0 | Vito, 95, 95, 0
SELECT p.pupil_name, arg_min(e.points, e.sat_on) AS first_points, arg_max(e.points, e.sat_on) AS last_points,
       arg_max(e.points, e.sat_on) - arg_min(e.points, e.sat_on) AS change
FROM exam e JOIN pupil p ON p.pupil_id = e.pupil_id
WHERE e.subject = 'maths'
GROUP BY p.pupil_id, p.pupil_name;

-- shape ties
-- ? Who has the best music result? Include ties.
-- ? Pupils with the highest points in music, all of them if several share it
-- ? all pupils that share the top score
-- ? Which pupils reached the maximum number of points in music?
-- ? everyone on first place in case of a tie
-- = Sami, 90 | Uma, 90
SELECT p.pupil_name, e.points
FROM exam e JOIN pupil p ON p.pupil_id = e.pupil_id
WHERE e.subject = 'music'
QUALIFY rank() OVER (ORDER BY e.points DESC) = 1;

-- shape median
-- ? What is the median number of points in each subject?
-- ? Median points by subject
-- ? median result per subject
-- ? What is the median for each subject?
-- ? For every subject give the middle value of the points.
-- ?de Median der Punkte je Fach
-- ?fr La médiane des points par matière
-- ?es La mediana de puntos por asignatura
-- ?zh 每门科目分数的中位数
-- = maths, 72.5 | music, 90
SELECT subject, median(points) AS median_points
FROM exam
GROUP BY subject;

-- shape buckets
-- ? How many exams have fewer than 60, 60 to 79 and 80 or more points?
-- ? Distribution of points in three bands
-- ? exams by points bracket: low, medium, high
-- ? Group results into ranges and count each.
-- ? histogram of points in steps of 20
-- ?de Wie verteilen sich die Punkte auf die Bereiche unter 60, 60 bis 79 und ab 80?
-- ?zh 按分数段统计考试数量
-- = 60 to 79, 3 | 80 and more, 4 | below 60, 2
SELECT CASE WHEN points < 60 THEN 'below 60' WHEN points < 80 THEN '60 to 79' ELSE '80 and more' END AS band,
       count(*) AS exams
FROM exam
GROUP BY band;

-- shape second highest
-- ? What is the second highest result in maths?
-- ? second best maths points
-- ? Which pupil came second in maths?
-- ? 2nd highest value
-- ? the third largest result
-- = 80
SELECT DISTINCT points
FROM exam
WHERE subject = 'maths'
ORDER BY points DESC
LIMIT 1 OFFSET 1;

-- shape difference of two groups
-- ? How much better is form 7a than 7b on average?
-- ? Difference in average points between 7a and 7b
-- ? gap between the mean of one form and the other
-- ? By how many points do music results exceed maths results on average?
-- ? For each subject, how many points more than 7b does 7a have on average?
-- ?de Unterschied im Durchschnitt zwischen 7a und 7b
-- ?zh 7a班比7b班平均高多少分？
-- = maths, -3.75 | music, 25
SELECT e.subject,
       avg(e.points) FILTER (WHERE p.form = '7a') - avg(e.points) FILTER (WHERE p.form = '7b') AS difference
FROM exam e JOIN pupil p ON p.pupil_id = e.pupil_id
GROUP BY e.subject;

-- shape all of them
-- ? Which pupils have sat an exam in every subject?
-- ? Pupils who took all subjects
-- ? pupils that cover every subject there is
-- ? Who has an exam in each of the subjects?
-- = Vito | Sami | Uma
SELECT p.pupil_name
FROM exam e JOIN pupil p ON p.pupil_id = e.pupil_id
GROUP BY p.pupil_id, p.pupil_name
HAVING count(DISTINCT e.subject) = (SELECT count(DISTINCT subject) FROM exam);

-- tables turbines
CREATE TABLE turbine (mast INTEGER PRIMARY KEY, park VARCHAR, maker_code VARCHAR);
CREATE TABLE yield_day (mast INTEGER REFERENCES turbine(mast), day DATE, kwh DOUBLE, wind DOUBLE);
CREATE TABLE maker (code VARCHAR PRIMARY KEY, maker_name VARCHAR);
INSERT INTO maker VALUES ('NV', 'Nordvane'), ('ZF', 'Zephyr');
INSERT INTO turbine VALUES (1, 'Ridge', 'NV'), (2, 'Ridge', 'ZF'), (3, 'Shore', 'ZF');
INSERT INTO yield_day VALUES (1, '2024-01-01', 100, 6), (1, '2024-01-02', 140, 8), (1, '2024-01-03', 120, 7), (1, '2024-01-04', 10, 2), (2, '2024-01-01', 90, 6), (2, '2024-01-02', 130, 8), (3, '2024-01-01', 200, 9), (3, '2024-01-02', 210, 10), (3, '2024-01-03', 230, 11);

-- shape moving average
-- ? What is the three-day moving average of the yield of each park?
-- ? Rolling 3-day mean of kwh per turbine
-- ? 7 day moving average of kwh
-- ? Smooth the daily kwh over the last three days for every mast.
-- ? rolling average over the previous 3 rows
-- ?de Gleitender Durchschnitt über drei Tage
-- ?fr Moyenne mobile sur trois jours
-- ?es Media móvil de tres días
-- ?zh 三天移动平均
-- = 1, 2024-01-01, 100 | 1, 2024-01-02, 120 | 1, 2024-01-03, 120 | 1, 2024-01-04, 90 | 2, 2024-01-01, 90 | 2, 2024-01-02, 110 | 3, 2024-01-01, 200 | 3, 2024-01-02, 205 | 3, 2024-01-03, 213.333
SELECT mast, day, avg(kwh) OVER (PARTITION BY mast ORDER BY day ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS smoothed
FROM yield_day
ORDER BY mast, day;

-- shape coded values
-- ? How much did Zephyr turbines yield in total?
-- ? Total kwh by maker's name
-- ? yield per maker name rather than code
-- ? Sum of kwh for every manufacturer, with the full name
-- = Nordvane, 370 | Zephyr, 860
SELECT m.maker_name, sum(y.kwh) AS total
FROM yield_day y JOIN turbine t ON t.mast = y.mast JOIN maker m ON m.code = t.maker_code
GROUP BY m.code, m.maker_name;

-- shape correlation
-- ? How strongly are wind and yield correlated for each park?
-- ? Correlation between wind and kwh
-- ? corr of wind vs kwh by park
-- ? Does kwh go up with the wind? Give the correlation coefficient.
-- = Ridge, 0.994353 | Shore, 0.981981
SELECT t.park, corr(y.wind, y.kwh) AS correlation
FROM yield_day y JOIN turbine t ON t.mast = y.mast
GROUP BY t.park
HAVING count(*) > 1;

-- shape max row
-- ? On which day did a turbine yield the most, and how much was it?
-- ? The day with the highest kwh
-- ? best day overall with mast and kwh
-- ? Which mast had the single highest daily yield?
-- = 3, 2024-01-03, 230
SELECT mast, day, kwh
FROM yield_day
ORDER BY kwh DESC
LIMIT 1;

-- shape average of counts
-- ? On average, how much does a park yield per day?
-- ? Average daily total of kwh for each park
-- ? mean of the daily sums by park
-- ? What is the average number of readings per day?
-- ? How many are there per day on average?
-- ?de Wie viel bringt ein Park durchschnittlich pro Tag?
-- ?zh 每个园区平均每天的总发电量
-- = Ridge, 147.5 | Shore, 213.333
WITH daily AS (
  SELECT t.park, y.day, sum(y.kwh) AS total
  FROM yield_day y JOIN turbine t ON t.mast = y.mast
  GROUP BY t.park, y.day
)
SELECT park, avg(total) AS average_per_day
FROM daily
GROUP BY park;

-- shape best group
-- ? Which park has the highest total yield?
-- ? The park with the most kwh
-- ? park that produced the most overall
-- ? What is the name of the maker with the greatest total kwh?
-- ? Which mast has the most days on record?
-- ?de Welcher Park hat insgesamt am meisten erzeugt?
-- ?fr Quel parc a produit le plus au total ?
-- ?es ¿Qué parque produjo más en total?
-- ?zh 哪个园区的总产量最高？
-- ?de Wer hat die meisten Tage?
-- ?de Welcher Mast hat die größte Anzahl?
-- ?fr Qui en a le plus ?
-- ?es ¿Quién tiene más?
-- ?zh 谁的数量最多？
-- = Shore, 640
SELECT t.park, sum(y.kwh) AS total
FROM yield_day y JOIN turbine t ON t.mast = y.mast
GROUP BY t.park
ORDER BY total DESC
LIMIT 1;

-- shape max row of each
-- ? On which day did each park yield the most?
-- ? Best day of every park
-- ? day with the highest kwh for each turbine
-- ? For each mast, when was its peak and how much was it?
-- ? Which day had the largest yield for each mast?
-- ?de An welchem Tag hatte jeder Mast den höchsten Ertrag?
-- ?fr Quel jour chaque parc a-t-il produit le plus ?
-- ?es ¿Qué día produjo más cada parque?
-- ?zh 每台风机产量最高的是哪一天？
-- = 1, 2024-01-02, 140 | 2, 2024-01-02, 130 | 3, 2024-01-03, 230
SELECT mast, arg_max(day, kwh) AS best_day, max(kwh) AS most
FROM yield_day
GROUP BY mast;

-- shape outliers
-- ? Which daily yields are more than one standard deviation away from the turbine's mean?
-- ? Outliers in kwh per mast
-- ? unusual values, beyond 2 standard deviations
-- ? Find days whose kwh is unusually low or high for that mast.
-- = 1, 2024-01-04, 10 | 3, 2024-01-03, 230
SELECT mast, day, kwh
FROM yield_day
QUALIFY abs(kwh - avg(kwh) OVER (PARTITION BY mast)) > stddev(kwh) OVER (PARTITION BY mast);

-- tables theatre
CREATE TABLE crew (crew_id INTEGER PRIMARY KEY, crew_name VARCHAR, craft VARCHAR, boss_id INTEGER REFERENCES crew(crew_id), wage DECIMAL(8,2), hired DATE);
INSERT INTO crew VALUES (1, 'Wanda', 'director', NULL, 5200, '2015-09-01');
INSERT INTO crew VALUES (2, 'Xaver', 'lights', 1, 3100, '2018-02-01'), (4, 'Zoe', 'sound', 1, 3300, '2019-11-01');
INSERT INTO crew VALUES (3, 'Yuri', 'lights', 2, 2400, '2021-05-01'), (5, 'Anouk', 'sound', 4, 3400, '2022-01-10'), (6, 'Bela', 'sound', 4, 2500, '2022-01-20');

-- shape hierarchy
-- ? Who is the boss of each crew member?
-- ? List every person with the name of their boss.
-- ? crew with their direct boss
-- ? Show employee and manager names side by side.
-- ? Who reports to whom?
-- ?de Wer ist der Vorgesetzte jedes Mitarbeiters?
-- ?fr Qui est le chef de chaque employé ?
-- ?es ¿Quién es el jefe de cada empleado?
-- ?zh 每个员工的上级是谁？
-- = Wanda, None | Xaver, Wanda | Zoe, Wanda | Yuri, Xaver | Anouk, Zoe | Bela, Zoe
SELECT c.crew_name, b.crew_name AS boss
FROM crew c LEFT JOIN crew b ON b.crew_id = c.boss_id;

-- shape hierarchy
-- ? How many people report to each boss?
-- ? Number of direct reports per boss
-- ? bosses with the size of their team
-- ? Which manager has the most people under them?
-- = Wanda, 2 | Zoe, 2 | Xaver, 1
SELECT b.crew_name AS boss, count(*) AS reports
FROM crew c JOIN crew b ON b.crew_id = c.boss_id
GROUP BY b.crew_id, b.crew_name
ORDER BY reports DESC;

-- shape hierarchy
-- ? Who earns more than their boss?
-- ? People whose wage is higher than their manager's
-- ? crew paid above own boss
-- ? Which employees started before the person they report to?
-- = Anouk, 3400.00, Zoe, 3300.00
SELECT c.crew_name, c.wage, b.crew_name AS boss, b.wage AS boss_wage
FROM crew c JOIN crew b ON b.crew_id = c.boss_id
WHERE c.wage > b.wage;

-- shape rank in group
-- ? Rank the crew by wage within each craft.
-- ? Position of every person in their craft by wage
-- ? wage rank per craft
-- ? Give each member a rank inside the craft, highest wage first.
-- = director, Wanda, 5200.00, 1 | lights, Xaver, 3100.00, 1 | lights, Yuri, 2400.00, 2 | sound, Anouk, 3400.00, 1 | sound, Zoe, 3300.00, 2 | sound, Bela, 2500.00, 3
SELECT craft, crew_name, wage, rank() OVER (PARTITION BY craft ORDER BY wage DESC) AS place
FROM crew
ORDER BY craft, place;

-- shape top percent
-- ? Who is in the top 20 percent by wage?
-- ? The best paid 20% of the crew
-- ? top 10 percent of earners
-- ? upper quartile by wage
-- = Wanda, 5200.00 | Anouk, 3400.00
SELECT crew_name, wage
FROM crew
QUALIFY percent_rank() OVER (ORDER BY wage DESC) <= 0.2;

-- tables podcasts
CREATE TABLE podcast (show_id INTEGER PRIMARY KEY, show_name VARCHAR, language VARCHAR);
CREATE TABLE episode (episode_no INTEGER, show_id INTEGER REFERENCES podcast(show_id), released DATE, downloads INTEGER, labels VARCHAR[], guest STRUCT(name VARCHAR, country VARCHAR));
INSERT INTO podcast VALUES (1, 'Lost Maps', 'en'), (2, 'Brotzeit', 'de'), (3, 'Low Tide', 'en');
INSERT INTO episode VALUES (1, 1, '2023-01-05', 1000, ['history', 'travel'], {'name': 'Ada', 'country': 'NO'}), (2, 1, '2023-02-05', 1500, ['travel'], {'name': 'Ben', 'country': 'FR'}), (3, 1, '2024-01-05', 1800, ['history'], NULL), (1, 2, '2023-06-01', 400, ['food'], {'name': 'Cem', 'country': 'DE'}), (2, 2, '2024-06-01', 300, ['food', 'travel'], NULL), (1, 3, '2024-02-01', 900, ['sea'], {'name': 'Dot', 'country': 'FR'});

-- shape percent growth
-- ? By how many percent did the downloads of each show grow from year to year?
-- ? Year over year growth of downloads in percent
-- ? yoy % growth in downloads per show
-- ? For each year, what is the percentage change in downloads against the year before?
-- ? growth rate compared with the previous year
-- ?de Um wie viel Prozent sind die Downloads gegenüber dem Vorjahr gewachsen?
-- ?fr Croissance en pourcentage des téléchargements par rapport à l'année précédente
-- ?es Crecimiento porcentual respecto al año anterior
-- ?zh 下载量同比增长百分之多少？
-- = 2023, 2900, None | 2024, 3000, 3.44828
WITH yearly AS (
  SELECT year(released) AS year, sum(downloads) AS total
  FROM episode
  GROUP BY year
)
SELECT year, total, 100.0 * (total - lag(total) OVER (ORDER BY year)) / lag(total) OVER (ORDER BY year) AS growth_percent
FROM yearly
ORDER BY year;

-- shape two periods side by side
-- ? How many downloads did each show have in 2023 and in 2024?
-- ? Downloads per show, 2023 compared with 2024
-- ? downloads by show this year vs last year
-- ? Compare 2023 to 2024 for every show, with the difference.
-- ? Which shows had more downloads in 2024 than in 2023?
-- ?de Downloads je Sendung, 2023 im Vergleich zu 2024
-- ?zh 每个节目2023年与2024年的下载量对比
-- = Brotzeit, 400, 300 | Low Tide, None, 900 | Lost Maps, 2500, 1800
SELECT p.show_name,
       sum(e.downloads) FILTER (WHERE year(e.released) = 2023) AS in_2023,
       sum(e.downloads) FILTER (WHERE year(e.released) = 2024) AS in_2024
FROM episode e JOIN podcast p ON p.show_id = e.show_id
GROUP BY p.show_id, p.show_name;

-- shape lists
-- ? How many episodes carry each label?
-- ? Number of episodes per label
-- ? count episodes by label, labels being a list
-- ? How often does every label occur in the lists?
-- = travel, 3 | history, 2 | food, 2 | sea, 1
SELECT label, count(*) AS episodes
FROM (SELECT unnest(labels) AS label FROM episode)
GROUP BY label
ORDER BY episodes DESC;

-- shape lists
-- ? Which episodes have the label travel in their list?
-- ? Episodes whose labels include history
-- ? rows where the list contains a value
-- = Lost Maps, 2 | Brotzeit, 2 | Lost Maps, 1
SELECT p.show_name, e.episode_no
FROM episode e JOIN podcast p ON p.show_id = e.show_id
WHERE list_contains(e.labels, 'travel');

-- shape structs
-- ? From which countries did the guests come, and how many?
-- ? Number of episodes by the guest's country
-- ? count by a field of the struct
-- ? Group by the country inside guest.
-- = NO, 1 | FR, 2 | DE, 1
SELECT guest.country AS country, count(*) AS episodes
FROM episode
WHERE guest IS NOT NULL
GROUP BY country;

-- shape year to date
-- ? What are the downloads of each year up to and including the same date?
-- ? Year-to-date downloads per month
-- ? ytd total by month
-- ? Cumulative downloads within each year, starting again in January
-- ? running total that restarts every year
-- = 2023, 2023-01-05, 1000, 1000 | 2023, 2023-02-05, 1500, 2500 | 2023, 2023-06-01, 400, 2900 | 2024, 2024-01-05, 1800, 1800 | 2024, 2024-02-01, 900, 2700 | 2024, 2024-06-01, 300, 3000
SELECT year(released) AS year, released, downloads,
       sum(downloads) OVER (PARTITION BY year(released) ORDER BY released) AS year_to_date
FROM episode
ORDER BY released;

-- shape new per period
-- ? How many new shows started in each year?
-- ? Number of shows by the year of their first episode
-- ? first time appearances per month
-- ? How many customers came for the first time each month?
-- ? new shows per year
-- = 2023, 2 | 2024, 1
SELECT year(started) AS year, count(*) AS new_shows
FROM (SELECT show_id, min(released) AS started FROM episode GROUP BY show_id)
GROUP BY year
ORDER BY year;

-- tables bakery
CREATE TABLE loaf (loaf_id INTEGER PRIMARY KEY, loaf_name VARCHAR, flour VARCHAR, grams INTEGER);
CREATE TABLE batch (loaf_id INTEGER REFERENCES loaf(loaf_id), baked_on DATE, oven VARCHAR, made INTEGER, thrown_away INTEGER);
INSERT INTO loaf VALUES (1, 'Miche', 'wheat', 1000), (2, 'Bun', 'wheat', 90), (3, 'Dark', 'rye', 750), (4, 'Seed', 'rye', 600), (5, 'Focaccia', 'wheat', 400);
INSERT INTO batch VALUES (1, '2024-03-01', 'A', 40, 4), (1, '2024-03-02', 'A', 50, 2), (2, '2024-03-01', 'B', 200, 60), (2, '2024-03-02', 'B', 180, 50), (3, '2024-03-01', 'A', 30, 0), (3, '2024-04-02', 'B', 35, 7), (4, '2024-04-02', 'B', 20, 1), (4, '2024-04-03', 'A', 25, 5);

-- shape rate with threshold
-- ? Which loaves have more than 10 percent thrown away?
-- ? Loaves where over a tenth of what was made was thrown away, with the rate
-- ? waste rate above 10% by loaf
-- ? Show only the loaf names whose waste percentage is greater than 10.
-- ? Which ones exceed a rate of 15 %?
-- ?fr Quels pains ont un taux de perte supérieur à 10 % ?
-- ?es ¿Qué panes tienen una tasa de pérdida superior al 10 %?
-- = Bun, 28.9474 | Dark, 10.7692 | Seed, 13.3333
SELECT l.loaf_name, 100.0 * sum(b.thrown_away) / sum(b.made) AS waste_percent
FROM batch b JOIN loaf l ON l.loaf_id = b.loaf_id
GROUP BY l.loaf_id, l.loaf_name
HAVING 100.0 * sum(b.thrown_away) / sum(b.made) > 10;

-- shape top of each
-- ? For each flour, which three loaves were made the most?
-- ? Top 3 loaves per flour by number made
-- ? three best selling loaves of every flour
-- ? What are the two loaves with the highest total made in each oven?
-- ? List the top five products within every group, by total.
-- = wheat, Bun, 380 | wheat, Miche, 90 | rye, Dark, 65 | rye, Seed, 45
SELECT l.flour, l.loaf_name, sum(b.made) AS total_made
FROM batch b JOIN loaf l ON l.loaf_id = b.loaf_id
GROUP BY l.flour, l.loaf_id, l.loaf_name
QUALIFY row_number() OVER (PARTITION BY l.flour ORDER BY sum(b.made) DESC) <= 3;

-- shape max row of each
-- ? What is the heaviest loaf of each flour?
-- ? Heaviest loaf per flour with its weight
-- ? For every flour, find its lightest loaf.
-- ? Which loaf weighs the most within each kind of flour?
-- ? most expensive item in every category
-- ?de Das schwerste Brot jeder Mehlsorte
-- ?de Das teuerste Produkt jeder Kategorie
-- ?zh 每种面粉中最重的面包
-- = wheat, Miche, 1000 | rye, Dark, 750
SELECT flour, loaf_name, grams
FROM loaf
QUALIFY row_number() OVER (PARTITION BY flour ORDER BY grams DESC) = 1;

-- shape ratio of two sums
-- ? What fraction of everything made was thrown away, by oven?
-- ? Waste rate of each oven: thrown away divided by made
-- ? thrown away / made per oven
-- ? Overall, how many were thrown away per loaf made, for every oven?
-- = A, 0.0758621 | B, 0.271264
SELECT oven, sum(thrown_away) * 1.0 / sum(made) AS waste_rate
FROM batch
GROUP BY oven;

-- shape never
-- ? Which loaves were never baked?
-- ? Loaves that have no batch
-- ? loaf names without a single batch
-- ? List all loaves that do not appear in any batch.
-- ? Names of items nobody has ever ordered
-- = Focaccia
SELECT l.loaf_name
FROM loaf l LEFT JOIN batch b ON b.loaf_id = l.loaf_id
WHERE b.loaf_id IS NULL;

-- shape share of total
-- ? What percentage of all loaves made came from oven A?
-- ? Share of oven A in the total made
-- ? oven A's percent of overall production
-- ? How much of the total was made with rye, in percent?
-- = 25
SELECT 100.0 * sum(made) FILTER (WHERE oven = 'A') / sum(made) AS percent_of_total
FROM batch;

-- shape columns side by side
-- ? How many were made per month in oven A and oven B, as two columns?
-- ? Monthly made, oven A next to oven B
-- ? month by month, A vs B side by side
-- ? Table with months as rows and ovens as columns
-- ? pivot made by month and oven
-- = 3, 120, 380 | 4, 25, 55
SELECT month(baked_on) AS month,
       sum(made) FILTER (WHERE oven = 'A') AS oven_a,
       sum(made) FILTER (WHERE oven = 'B') AS oven_b
FROM batch
GROUP BY month
ORDER BY month;

-- shape best group
-- ? Which loaf was made the most overall?
-- ? The loaf with the most batches
-- ? loaf that is baked most often
-- ? Name the flour with the largest amount thrown away in total.
-- ? Which oven has the highest number of batches? Give the oven and the number.
-- = Bun, 380
SELECT l.loaf_name, sum(b.made) AS total_made
FROM batch b JOIN loaf l ON l.loaf_id = b.loaf_id
GROUP BY l.loaf_id, l.loaf_name
ORDER BY total_made DESC
LIMIT 1;

-- shape top overall
-- ? What are the three loaves made most often in total?
-- ? Top 3 loaves by total made
-- ? three most produced loaves
-- ? List the five products with the highest sum, with that sum.
-- ? Which 3 customers spent the most?
-- ?de Die drei am häufigsten gebackenen Brote
-- ?fr Les trois pains les plus produits
-- ?es Los tres panes más producidos
-- ?zh 产量最高的三种面包
-- ?de Welche fünf Brote haben die höchste Summe?
-- ?zh 总量最多的五个是哪些？
-- ?fr Les cinq premiers par total
-- ?es Los cinco primeros por total
-- = Bun, 380 | Miche, 90 | Dark, 65
SELECT l.loaf_name, sum(b.made) AS total_made
FROM batch b JOIN loaf l ON l.loaf_id = b.loaf_id
GROUP BY l.loaf_id, l.loaf_name
ORDER BY total_made DESC
LIMIT 3;

-- shape plain
-- ? How many loaves were made in oven A?
-- ? total made per loaf
-- ? What is the average weight of rye loaves?
-- ? Show the name and the grams of each loaf.
-- ? List all batches of 1 March 2024.
-- ? Which loaves weigh more than 500 grams?
-- = 145
SELECT sum(made) AS total_made FROM batch WHERE oven = 'A';

-- tables gym
CREATE TABLE member (member_no INTEGER PRIMARY KEY, nickname VARCHAR, plan VARCHAR, joined DATE);
CREATE TABLE checkin (member_no INTEGER REFERENCES member(member_no), came_at TIMESTAMP, activity VARCHAR);
INSERT INTO member VALUES (1, 'Ace', 'basic', '2024-01-02'), (2, 'Bea', 'basic', '2024-01-20'), (3, 'Cy', 'gold', '2024-02-03'), (4, 'Dee', 'gold', '2024-02-10'), (5, 'Eli', 'gold', '2024-02-25');
INSERT INTO checkin VALUES (1, '2024-01-03 07:10', 'swim'), (1, '2024-01-04 07:00', 'swim'), (1, '2024-01-05 18:00', 'climb'), (1, '2024-02-10 07:05', 'swim'), (2, '2024-01-21 19:00', 'yoga'), (3, '2024-02-04 10:00', 'climb'), (3, '2024-02-05 10:30', 'climb'), (3, '2024-03-01 10:00', 'yoga'), (4, '2024-02-12 08:00', 'swim'), (4, '2024-02-12 08:20', 'yoga'), (4, '2024-02-12 08:40', 'swim');

-- shape cohorts
-- ? Of the members who joined in each month, how many came again in the month after?
-- ? Monthly cohorts by joining month and how many were active one month later
-- ? retention by cohort of joining month
-- ? For each joining month, how many members were still active in the following month?
-- ? cohort retention month 1
-- = 2024-01-01, 2, 1 | 2024-02-01, 3, 1
SELECT date_trunc('month', m.joined)::DATE AS cohort, count(DISTINCT m.member_no) AS members,
       count(DISTINCT c.member_no) AS came_next_month
FROM member m
LEFT JOIN checkin c ON c.member_no = m.member_no
  AND date_trunc('month', c.came_at) = date_trunc('month', m.joined) + INTERVAL 1 MONTH
GROUP BY cohort
ORDER BY cohort;

-- shape longest streak
-- ? What is the longest run of consecutive days that each member came?
-- ? Longest streak of days in a row per member
-- ? max consecutive days by member
-- ? How many days in a row did every member come at most?
-- = 1, 3 | 2, 1 | 3, 2 | 4, 1
WITH days AS (
  SELECT DISTINCT member_no, came_at::DATE AS day FROM checkin
), runs AS (
  SELECT member_no, day - row_number() OVER (PARTITION BY member_no ORDER BY day)::INTEGER AS run FROM days
), lengths AS (
  SELECT member_no, run, count(*) AS days_in_a_row FROM runs GROUP BY member_no, run
)
SELECT member_no, max(days_in_a_row) AS longest FROM lengths GROUP BY member_no;

-- shape average of counts
-- ? How many times does a member come on average?
-- ? Average number of checkins per member
-- ? mean visits per member, by plan
-- ? On average, how many checkins does a member of each plan have?
-- ? average count per person for every group
-- ?fr Nombre moyen de passages par membre
-- ?es Número medio de visitas por miembro
-- = basic, 2.5 | gold, 2
SELECT plan, avg(times) AS average_times
FROM (
  SELECT m.plan, m.member_no, count(c.came_at) AS times
  FROM member m LEFT JOIN checkin c ON c.member_no = m.member_no
  GROUP BY m.plan, m.member_no
)
GROUP BY plan;

-- shape first of each
-- ? When did each member come for the first time?
-- ? First checkin of every member with its activity
-- ? earliest checkin per member
-- ? What was the first activity each member did?
-- ?de Der erste Besuch jedes Mitglieds
-- ?zh 每位会员第一次签到
-- = Ace, 2024-01-03 07:10:00, swim | Bea, 2024-01-21 19:00:00, yoga | Cy, 2024-02-04 10:00:00, climb | Dee, 2024-02-12 08:00:00, swim
SELECT m.nickname, c.came_at, c.activity
FROM checkin c JOIN member m ON m.member_no = c.member_no
QUALIFY row_number() OVER (PARTITION BY c.member_no ORDER BY c.came_at) = 1;

-- shape both
-- ? Which members have done both swim and yoga?
-- ? Members who swim as well as climb
-- ? nicknames with swim and yoga
-- ? Who did yoga and also climbed at least once?
-- = Dee
SELECT nickname
FROM member
WHERE member_no IN (SELECT member_no FROM checkin WHERE activity = 'swim')
  AND member_no IN (SELECT member_no FROM checkin WHERE activity = 'yoga');

-- shape only
-- ? Which members only ever climb?
-- ? Members who did nothing except yoga
-- ? members whose checkins are all swim
-- ? Who has exclusively one kind of activity?
-- = Bea
SELECT m.nickname
FROM checkin c JOIN member m ON m.member_no = c.member_no
GROUP BY m.member_no, m.nickname
HAVING count(*) = count(*) FILTER (WHERE c.activity = 'yoga');

-- shape days between
-- ? How many days after joining did each member come for the first time?
-- ? Days from joining to the first checkin per member
-- ? time from signup to first use in days
-- ? How long did members wait between joining and their first checkin?
-- = Bea, 1 | Ace, 1 | Cy, 1 | Dee, 2
SELECT m.nickname, date_diff('day', m.joined, min(c.came_at)::DATE) AS days_until_first
FROM member m JOIN checkin c ON c.member_no = m.member_no
GROUP BY m.member_no, m.nickname, m.joined;

-- shape sessions
-- ? How many separate sessions did each member have, if a break of more than an hour starts a new one?
-- ? Sessions per member with a 60 minute gap
-- ? number of sessions by user, new one after 30 minutes of inactivity
-- ? Group events into sessions by time gaps and count them.
-- = 1, 4 | 2, 1 | 3, 3 | 4, 1
SELECT member_no, count(*) FILTER (WHERE starts) AS sessions
FROM (
  SELECT member_no, coalesce(came_at - lag(came_at) OVER (PARTITION BY member_no ORDER BY came_at) > INTERVAL 1 HOUR, true) AS starts
  FROM checkin
)
GROUP BY member_no;

-- shape most frequent of each
-- ? What is each member's most frequent activity?
-- ? Favourite activity per plan
-- ? most common activity for every member
-- ? Which activity does each member do most often?
-- = Cy, climb | Dee, swim | Ace, swim | Bea, yoga
SELECT m.nickname, mode(c.activity) AS favourite
FROM checkin c JOIN member m ON m.member_no = c.member_no
GROUP BY m.member_no, m.nickname;

-- shape date parts
-- ? How many checkins were there in each quarter?
-- ? Checkins by quarter
-- ? quarterly number of checkins
-- ? Which month has the most checkins?
-- ? In what quarter of the year do most people come?
-- = 1, 11
SELECT quarter(came_at) AS quarter, count(*) AS checkins
FROM checkin
GROUP BY quarter
ORDER BY quarter;

-- shape per month
-- ? How many members joined in each month?
-- ? Number of new members per month
-- ? joins by month
-- ? monthly count of members by joining date, in order
-- ? Show the trend of checkins over the months.
-- ?de Wie viele Mitglieder sind in jedem Monat beigetreten?
-- ?fr Nombre de membres par mois
-- ?es Número de miembros por mes
-- ?zh 每个月加入的会员数
-- ?de Wie viele Anmeldungen gibt es pro Monat?
-- ?de Anzahl je Monat
-- ?fr Combien d'inscriptions y a-t-il chaque mois ?
-- ?es ¿Cuántas inscripciones hay cada mes?
-- ?zh 每个月有多少新会员？
-- ?zh 按月统计数量
-- = 2024-01-01, 2 | 2024-02-01, 3
SELECT date_trunc('month', joined)::DATE AS month, count(*) AS members
FROM member
GROUP BY month
ORDER BY month;

-- shape last days
-- ? Which members came within the last 30 days of the data?
-- ? Checkins in the last 7 days, counted back from the newest one
-- ? members active in the past month
-- ? Who came during the most recent 30 days?
-- = Ace | Cy | Dee
SELECT DISTINCT m.nickname
FROM checkin c JOIN member m ON m.member_no = c.member_no
WHERE c.came_at >= (SELECT max(came_at) FROM checkin) - INTERVAL 30 DAY;

-- tables orchard
CREATE TABLE grove (grove_id INTEGER PRIMARY KEY, grove_name VARCHAR, valley VARCHAR, hectares DOUBLE);
CREATE TABLE harvest (grove_id INTEGER REFERENCES grove(grove_id), season INTEGER, fruit VARCHAR, tonnes DOUBLE, price_per_tonne DOUBLE);
INSERT INTO grove VALUES (1, 'Upper', 'east', 10), (2, 'Lower', 'east', 20), (3, 'Mill', 'west', 5), (4, 'Stone', 'west', 8);
INSERT INTO harvest VALUES (1, 2021, 'apple', 50, 300), (1, 2022, 'apple', 60, 280), (1, 2023, 'pear', 45, 400), (2, 2021, 'apple', 90, 310), (2, 2022, 'plum', 70, 500), (2, 2023, 'apple', 95, 290), (3, 2021, 'plum', 20, 520), (3, 2023, 'plum', 26, 480);

-- shape weighted average
-- ? What is the average price per tonne of each fruit, weighted by tonnes?
-- ? Weighted mean price by fruit
-- ? tonnage-weighted average price per fruit
-- ? Average price of every fruit, taking the amounts into account
-- = apple, 295.763 | pear, 400 | plum, 498.966
SELECT fruit, sum(price_per_tonne * tonnes) / sum(tonnes) AS weighted_price
FROM harvest
GROUP BY fruit;

-- shape product sum
-- ? What is the total value of the harvest for each grove, tonnes times price?
-- ? Revenue per grove (tonnes × price per tonne)
-- ? total revenue by fruit
-- ? How much money did each valley's harvest bring in?
-- ? What is the revenue of every product, quantity times unit price?
-- ?de Gesamtwert der Ernte je Hain, Tonnen mal Preis
-- ?zh 每个果园的总收入（吨数乘以单价）
-- = Upper, 49800 | Lower, 90450 | Mill, 22880
SELECT g.grove_name, sum(h.tonnes * h.price_per_tonne) AS harvest_value
FROM harvest h JOIN grove g ON g.grove_id = h.grove_id
GROUP BY g.grove_id, g.grove_name;

-- shape change from period before
-- ? How did each grove's harvest change from one season to the next?
-- ? Difference in tonnes to the previous season per grove
-- ? season over season change by grove
-- ? For every grove and season, how many tonnes more or less than in the season before?
-- ? change against the previous row of the same group
-- = Lower, 2021, 90, None | Lower, 2022, 70, -20 | Lower, 2023, 95, 25 | Mill, 2021, 20, None | Mill, 2023, 26, 6 | Upper, 2021, 50, None | Upper, 2022, 60, 10 | Upper, 2023, 45, -15
SELECT g.grove_name, h.season, h.tonnes,
       h.tonnes - lag(h.tonnes) OVER (PARTITION BY h.grove_id ORDER BY h.season) AS change
FROM harvest h JOIN grove g ON g.grove_id = h.grove_id
ORDER BY g.grove_name, h.season;

-- shape percent growth
-- ? What is the year-on-year growth in percent of the total tonnes?
-- ? Percentage change of tonnes per season
-- ? growth rate by season in %
-- ? By what percentage did the harvest rise or fall each season?
-- ? month-over-month growth percentage
-- = 2021, 160, None | 2022, 130, -18.75 | 2023, 166, 27.6923
SELECT season, sum(tonnes) AS total,
       100.0 * (sum(tonnes) / lag(sum(tonnes)) OVER (ORDER BY season) - 1) AS growth_percent
FROM harvest
GROUP BY season
ORDER BY season;

-- shape against the average
-- ? Which groves have a total harvest above the average of all groves?
-- ? Groves whose total tonnes exceed the mean total per grove
-- ? groves above the average total
-- ? Which valleys produced more than the average valley?
-- ? customers spending more than the average customer
-- = Upper, 155 | Lower, 255
WITH totals AS (
  SELECT grove_id, sum(tonnes) AS total FROM harvest GROUP BY grove_id
)
SELECT g.grove_name, t.total
FROM totals t JOIN grove g ON g.grove_id = t.grove_id
WHERE t.total > (SELECT avg(total) FROM totals);

-- shape cumulative share
-- ? Which groves together make up 80 percent of the harvest?
-- ? Cumulative share of tonnes by grove, largest first
-- ? pareto of groves by tonnes
-- ? Running percentage of the total, starting with the biggest grove
-- ? smallest set of customers that brings 80 % of the revenue
-- = 2, 255, 55.9211 | 1, 155, 89.9123 | 3, 46, 100
WITH totals AS (
  SELECT grove_id, sum(tonnes) AS total FROM harvest GROUP BY grove_id
)
SELECT grove_id, total, 100.0 * sum(total) OVER (ORDER BY total DESC) / sum(total) OVER () AS cumulative_percent
FROM totals
ORDER BY total DESC;

-- shape share within group
-- ? Within each season, what percentage of the tonnes was each fruit?
-- ? Each fruit's share of its season's harvest
-- ? percent of tonnes by fruit inside every season
-- ? For each season, how is the harvest split over fruits in percent?
-- ? composition of every group in percent
-- = 2021, apple, 87.5 | 2021, plum, 12.5 | 2022, apple, 46.1538 | 2022, plum, 53.8462 | 2023, apple, 57.2289 | 2023, pear, 27.1084 | 2023, plum, 15.6627
SELECT season, fruit, 100.0 * sum(tonnes) / sum(sum(tonnes)) OVER (PARTITION BY season) AS percent
FROM harvest
GROUP BY season, fruit
ORDER BY season;

-- shape ratio of two sums
-- ? How many tonnes per hectare did each grove yield in 2023?
-- ? Yield per hectare by grove in 2023
-- ? tonnes / hectare per grove
-- ? What is the ratio of tonnes to hectares for each grove in 2023?
-- = Lower, 4.75 | Mill, 5.2 | Upper, 4.5
SELECT g.grove_name, sum(h.tonnes) / g.hectares AS tonnes_per_hectare
FROM harvest h JOIN grove g ON g.grove_id = h.grove_id
WHERE h.season = 2023
GROUP BY g.grove_id, g.grove_name, g.hectares;

-- shape missing periods
-- ? In which seasons did a grove have no harvest?
-- ? Missing seasons for each grove
-- ? gaps: grove and season combinations without data
-- ? Which groves lack a harvest in some season?
-- = Mill, 2022 | Stone, 2021 | Stone, 2022 | Stone, 2023
SELECT g.grove_name, s.season
FROM grove g CROSS JOIN (SELECT DISTINCT season FROM harvest) s
WHERE NOT EXISTS (SELECT 1 FROM harvest h WHERE h.grove_id = g.grove_id AND h.season = s.season)
ORDER BY g.grove_name, s.season;

-- shape rank overall
-- ? Rank the groves by total tonnes.
-- ? Ranking of groves by total harvest, best first, with the rank
-- ? grove, total and position
-- ? Give every grove its place by tonnes.
-- = Lower, 255, 1 | Upper, 155, 2 | Mill, 46, 3
SELECT g.grove_name, sum(h.tonnes) AS total, rank() OVER (ORDER BY sum(h.tonnes) DESC) AS place
FROM harvest h JOIN grove g ON g.grove_id = h.grove_id
GROUP BY g.grove_id, g.grove_name
ORDER BY place;

-- shape plain
-- ? What was the total harvest of the east valley?
-- ? sum of tonnes for apples
-- ? Total tonnes in each season
-- ? Which groves are larger than 8 hectares?
-- ? minimum and maximum price per tonne for each fruit
-- ? average price of pears
-- = 410
SELECT sum(h.tonnes) AS total
FROM harvest h JOIN grove g ON g.grove_id = h.grove_id
WHERE g.valley = 'east';

-- tables helpdesk
CREATE TABLE agent (agent_id INTEGER PRIMARY KEY, agent_name VARCHAR, team VARCHAR);
CREATE TABLE request (request_no INTEGER PRIMARY KEY, agent_id INTEGER REFERENCES agent(agent_id), opened TIMESTAMP, closed TIMESTAMP, urgency VARCHAR, subject VARCHAR, stars INTEGER);
INSERT INTO agent VALUES (1, 'Fay', 'night'), (2, 'Gus', 'night'), (3, 'Hana', 'day');
INSERT INTO request VALUES (1, 1, '2024-02-01 09:00', '2024-02-01 11:00', 'high', 'Printer on fire', 5), (2, 1, '2024-02-03 10:00', '2024-02-05 10:00', 'low', 'New keyboard', 3), (3, 2, '2024-02-03 12:00', NULL, 'high', 'printer jam', NULL), (4, 2, '2024-02-10 08:00', '2024-02-10 09:30', 'low', 'Password', 4), (5, 3, '2024-03-01 08:00', '2024-03-04 08:00', 'high', 'VPN down', 1), (6, 3, '2024-03-02 08:00', '2024-03-02 20:00', 'low', 'Password', 5), (7, NULL, '2024-03-03 08:00', NULL, 'low', 'Screen', NULL);

-- shape rate
-- ? What percentage of each agent's requests was closed within a day?
-- ? Share of requests solved in 24 hours per agent
-- ? % closed within one day by agent
-- ? How often, in percent, did every agent close a request in less than 24 hours?
-- ? on-time rate per agent
-- = Gus, 50 | Fay, 50 | Hana, 50
SELECT a.agent_name,
       100.0 * count(*) FILTER (WHERE r.closed - r.opened <= INTERVAL 24 HOUR) / count(*) AS within_a_day
FROM request r JOIN agent a ON a.agent_id = r.agent_id
GROUP BY a.agent_id, a.agent_name;

-- shape rate
-- ? What proportion of requests is still open?
-- ? Percentage of requests without a closing time
-- ? open rate overall
-- ? How many percent of all requests are of high urgency?
-- ? What is the ratio of high urgency requests out of all requests?
-- ?de Wie viel Prozent aller Anfragen sind noch offen?
-- ?fr Quel pourcentage des demandes est encore ouvert ?
-- ?zh 未关闭的请求占百分之多少？
-- = 28.5714
SELECT 100.0 * count(*) FILTER (WHERE closed IS NULL) / count(*) AS open_percent
FROM request;

-- shape days between
-- ? What is the average time in hours from opened to closed for each urgency?
-- ? Mean hours to close by urgency
-- ? average resolution time per team
-- ? How many hours does it take on average to close a request?
-- ?fr Durée moyenne en heures entre l'ouverture et la fermeture
-- ?es Tiempo medio en horas entre apertura y cierre
-- = high, 37 | low, 20.5
SELECT urgency, avg(date_diff('minute', opened, closed)) / 60.0 AS average_hours
FROM request
WHERE closed IS NOT NULL
GROUP BY urgency;

-- shape median
-- ? What is the median time to close per team, in hours?
-- ? 90th percentile of hours to close by team
-- ? p95 and median closing time
-- ? For each team the median and the 90th percentile of closing times
-- ? What are the quartiles of the stars?
-- = night, 2, 38.8 | day, 42, 66
SELECT a.team, median(date_diff('hour', r.opened, r.closed)) AS median_hours,
       quantile_cont(date_diff('hour', r.opened, r.closed), 0.9) AS p90_hours
FROM request r JOIN agent a ON a.agent_id = r.agent_id
WHERE r.closed IS NOT NULL
GROUP BY a.team;

-- shape text search
-- ? How many requests are about a printer?
-- ? Requests that mention printer in the subject, any case
-- ? count subjects containing "printer"
-- ? Which requests talk about the password?
-- ?fr Combien de demandes parlent d'une imprimante ?
-- ?es ¿Cuántas solicitudes mencionan la impresora?
-- = 2
SELECT count(*) AS about_printers
FROM request
WHERE subject ILIKE '%printer%';

-- shape empty values
-- ? How many requests have no agent assigned?
-- ? Requests where the agent is missing
-- ? number of rows without stars
-- ? Count the nulls in closed.
-- ? How many requests have not been given a rating?
-- ?de Bei wie vielen Anfragen fehlt der Bearbeiter?
-- ?zh 有多少请求没有分配人员？
-- = 1
SELECT count(*) AS without_agent
FROM request
WHERE agent_id IS NULL;

-- shape conditional counts
-- ? For each agent, how many requests were there in total and how many of them were high urgency?
-- ? Requests and high-urgency requests per agent
-- ? total vs high urgency count by agent
-- ? Per agent: number of all requests, number of open ones
-- ? How many of each agent's requests were closed and how many were not?
-- = Gus, 2, 1 | Fay, 2, 1 | Hana, 2, 1
SELECT a.agent_name, count(*) AS requests, count(*) FILTER (WHERE r.urgency = 'high') AS high_urgency
FROM request r JOIN agent a ON a.agent_id = r.agent_id
GROUP BY a.agent_id, a.agent_name;

-- shape first and last of each
-- ? When were the first and the last request of each agent opened?
-- ? Earliest and latest request per agent
-- ? first and most recent date by agent
-- ? For each agent, give the date of the first and of the last request and how many there were.
-- = Gus, 2024-02-03 12:00:00, 2024-02-10 08:00:00 | Fay, 2024-02-01 09:00:00, 2024-02-03 10:00:00 | Hana, 2024-03-01 08:00:00, 2024-03-02 08:00:00
SELECT a.agent_name, min(r.opened) AS first_opened, max(r.opened) AS last_opened
FROM request r JOIN agent a ON a.agent_id = r.agent_id
GROUP BY a.agent_id, a.agent_name;

-- shape group filter
-- ? Which agents have an average rating below 4?
-- ? Agents with average stars under 4
-- ? teams whose mean stars are above 3
-- ? Show every agent with more than one request and an average of at least 3 stars.
-- ?fr Quels agents ont une note moyenne inférieure à 4 ?
-- ?es ¿Qué agentes tienen una valoración media inferior a 4?
-- = Hana, 3
SELECT a.agent_name, avg(r.stars) AS average_stars
FROM request r JOIN agent a ON a.agent_id = r.agent_id
GROUP BY a.agent_id, a.agent_name
HAVING avg(r.stars) < 4;

-- shape difference of two groups
-- ? How many hours longer do low urgency requests take than high urgency ones on average?
-- ? Difference in average stars between high and low urgency
-- ? avg closing time low minus high
-- ? Compare the average rating of night and day teams: what is the gap?
-- = -16.6667
SELECT avg(date_diff('hour', opened, closed)) FILTER (WHERE urgency = 'low')
     - avg(date_diff('hour', opened, closed)) FILTER (WHERE urgency = 'high') AS hours_longer
FROM request;

-- shape gaps between events
-- ? What was the longest time between two requests?
-- ? Largest gap in days between consecutive requests
-- ? max days between one request and the next
-- ? When was the longest pause without any request?
-- = 20 days, 0:00:00
SELECT max(opened - previous) AS longest_gap
FROM (SELECT opened, lag(opened) OVER (ORDER BY opened) AS previous FROM request);

-- shape duplicates
-- ? Which subjects occur more than once?
-- ? Duplicate subjects and how often they appear
-- ? find duplicates in subject
-- ? Are there any requests with the same subject?
-- ? List values that are repeated.
-- ?de Welche Betreffe kommen mehrfach vor?
-- ?zh 哪些主题出现了不止一次？
-- = Password, 2
SELECT subject, count(*) AS times
FROM request
GROUP BY subject
HAVING count(*) > 1;

-- tables kitchen
CREATE TABLE recipe (recipe_id INTEGER PRIMARY KEY, dish VARCHAR, cuisine VARCHAR, minutes INTEGER);
CREATE TABLE ingredient (ingredient_id INTEGER PRIMARY KEY, ingredient VARCHAR, animal BOOLEAN);
CREATE TABLE uses (recipe_id INTEGER REFERENCES recipe(recipe_id), ingredient_id INTEGER REFERENCES ingredient(ingredient_id), grams INTEGER);
INSERT INTO recipe VALUES (1, 'Ratatouille', 'French', 60), (2, 'Ramen', 'Japanese', 90), (3, 'Quiche', 'French', 50), (4, 'Onigiri', 'Japanese', 30);
INSERT INTO ingredient VALUES (1, 'egg', true), (2, 'onion', false), (3, 'rice', false), (4, 'butter', true), (5, 'saffron', false);
INSERT INTO uses VALUES (1, 2, 100), (2, 1, 60), (2, 2, 20), (3, 1, 180), (3, 2, 50), (3, 4, 120), (4, 3, 150);

-- shape both
-- ? Which recipes use both egg and butter?
-- ? Recipes containing egg as well as onion
-- ? dishes with egg and butter
-- ? Find the dishes made with onion and also with rice.
-- ? What dishes need all of these: egg, onion and butter?
-- = Quiche
SELECT r.dish
FROM uses u JOIN recipe r ON r.recipe_id = u.recipe_id JOIN ingredient i ON i.ingredient_id = u.ingredient_id
WHERE i.ingredient IN ('egg', 'butter')
GROUP BY r.recipe_id, r.dish
HAVING count(DISTINCT i.ingredient) = 2;

-- shape one but not the other
-- ? Which recipes use onion but no egg?
-- ? Dishes with onion and without egg
-- ? dishes that contain onion but not butter
-- ? Show recipes having one ingredient but lacking the other.
-- ?de Welche Rezepte enthalten Zwiebel, aber kein Ei?
-- ?fr Quelles recettes contiennent de l'oignon mais pas d'œuf ?
-- ?zh 哪些菜用了洋葱但没有用鸡蛋？
-- = Ratatouille
SELECT r.dish
FROM recipe r
WHERE r.recipe_id IN (SELECT u.recipe_id FROM uses u JOIN ingredient i ON i.ingredient_id = u.ingredient_id WHERE i.ingredient = 'onion')
  AND r.recipe_id NOT IN (SELECT u.recipe_id FROM uses u JOIN ingredient i ON i.ingredient_id = u.ingredient_id WHERE i.ingredient = 'egg');

-- shape only
-- ? Which dishes have no animal ingredient at all?
-- ? Recipes made only of plant ingredients
-- ? dishes where none of the ingredients is animal
-- ? Which recipes do not contain anything of animal origin?
-- = Ratatouille | Onigiri
SELECT r.dish
FROM recipe r
WHERE NOT EXISTS (SELECT 1 FROM uses u JOIN ingredient i ON i.ingredient_id = u.ingredient_id WHERE u.recipe_id = r.recipe_id AND i.animal);

-- shape never
-- ? Which ingredients are not used in any recipe?
-- ? Ingredients never used
-- ? unused ingredients
-- ? How many ingredients appear in no recipe?
-- = saffron
SELECT ingredient
FROM ingredient
WHERE ingredient_id NOT IN (SELECT ingredient_id FROM uses);

-- shape pairs
-- ? Which pairs of ingredients are used together in the same recipe, and how often?
-- ? Ingredients that occur together most often
-- ? co-occurring pairs of ingredients with counts
-- ? What is most often combined with what?
-- ? Show pairs of recipes of the same cuisine.
-- = 1, 2, 2 | 1, 4, 1 | 2, 4, 1
SELECT a.ingredient_id AS one, b.ingredient_id AS other, count(*) AS together
FROM uses a JOIN uses b ON b.recipe_id = a.recipe_id AND b.ingredient_id > a.ingredient_id
GROUP BY one, other
ORDER BY together DESC;

-- shape against own group
-- ? Which dishes take longer than the average of their cuisine?
-- ? Recipes slower than the mean of the same cuisine
-- ? dishes above their own cuisine's average time
-- ? For each cuisine, the recipes that need more minutes than that cuisine's average
-- ? employees who earn more than the average in their department
-- = French, Ratatouille, 60 | Japanese, Ramen, 90
SELECT r.cuisine, r.dish, r.minutes
FROM recipe r
WHERE r.minutes > (SELECT avg(s.minutes) FROM recipe s WHERE s.cuisine = r.cuisine);

-- shape all of them
-- ? Which cuisines use every animal ingredient?
-- ? Recipes that contain all of the animal ingredients
-- ? cuisine that has used all animal products at least once
-- ? customers who bought every product of the category
-- = French
SELECT r.cuisine
FROM uses u JOIN recipe r ON r.recipe_id = u.recipe_id JOIN ingredient i ON i.ingredient_id = u.ingredient_id
WHERE i.animal
GROUP BY r.cuisine
HAVING count(DISTINCT i.ingredient_id) = (SELECT count(*) FROM ingredient WHERE animal);

-- shape average of counts
-- ? What is the average number of ingredients per recipe?
-- ? How many ingredients does a dish need on average?
-- ? avg ingredient count per dish
-- ? mean number of items in an order
-- = 1.75
SELECT avg(n) AS average_ingredients
FROM (SELECT recipe_id, count(*) AS n FROM uses GROUP BY recipe_id);

-- shape concatenated list
-- ? For each dish list its ingredients in one text, separated by commas.
-- ? Ingredients per dish as a comma separated list
-- ? one row per dish with all ingredients joined together
-- ? Collect the names for each group into one string.
-- = Ratatouille, onion | Ramen, egg, onion | Quiche, butter, egg, onion | Onigiri, rice
SELECT r.dish, string_agg(i.ingredient, ', ' ORDER BY i.ingredient) AS ingredients
FROM uses u JOIN recipe r ON r.recipe_id = u.recipe_id JOIN ingredient i ON i.ingredient_id = u.ingredient_id
GROUP BY r.recipe_id, r.dish;

-- shape plain
-- ? Which ingredients are used in Quiche?
-- ? ingredients of the Quiche
-- ? How many recipes are there per cuisine?
-- ? Number of dishes by cuisine
-- ? What are the dishes that use egg?
-- ? How many different cuisines are there?
-- = egg | onion | butter
SELECT i.ingredient
FROM uses u JOIN ingredient i ON i.ingredient_id = u.ingredient_id JOIN recipe r ON r.recipe_id = u.recipe_id
WHERE r.dish = 'Quiche';

-- tables parking
CREATE TABLE stay (plate VARCHAR, "car park" VARCHAR, entered VARCHAR, "left at" VARCHAR, paid VARCHAR, "discount %" VARCHAR);
INSERT INTO stay VALUES ('AB-1', 'North', '03/11/2023 08:15', '03/11/2023 10:15', '€1,200.50', '10%'), ('CD-2', 'North', '04/11/2023 09:00', '04/11/2023 09:45', '€3.50', '0%'), ('AB-1', 'South', '01/12/2023 20:00', '02/12/2023 06:00', '€20.00', '25%');

-- shape text dates
-- ? How many stays were there in each month?
-- ? Stays per month, the date being text
-- ? monthly count from a text date like 03/11/2023
-- ? Group by month although the date is stored as text
-- = 2023-11-01, 2 | 2023-12-01, 1
SELECT date_trunc('month', strptime(entered, '%d/%m/%Y %H:%M'))::DATE AS month, count(*) AS stays
FROM stay
GROUP BY month
ORDER BY month;

-- shape text money
-- ? How much was paid in total in each car park?
-- ? Total paid per car park, amounts being text with a currency sign
-- ? sum of paid as number by car park
-- ? Average amount paid, where values look like €1,200.50
-- = North, 1204 | South, 20
SELECT "car park", sum(replace(replace(paid, '€', ''), ',', '')::DOUBLE) AS total_paid
FROM stay
GROUP BY "car park";

-- shape text numbers
-- ? What is the average discount?
-- ? Average of percentages kept as text
-- ? mean discount from values like 25%
-- ? Highest discount given in each car park
-- = 11.6667
SELECT avg(replace("discount %", '%', '')::DOUBLE) AS average_discount
FROM stay;

-- tables marathon
CREATE TABLE runner (bib INTEGER PRIMARY KEY, runner VARCHAR, country VARCHAR, age INTEGER);
CREATE TABLE finish (bib INTEGER REFERENCES runner(bib), race VARCHAR, race_day DATE, minutes INTEGER);
INSERT INTO runner VALUES (1, 'Ines', 'PT', 34), (2, 'Jomo', 'KE', 27), (3, 'Kari', 'NO', 41), (4, 'Luca', 'IT', 29), (5, 'Mwai', 'KE', 31);
INSERT INTO finish VALUES (1, 'Porto', '2022-10-02', 180), (2, 'Porto', '2022-10-02', 131), (5, 'Porto', '2022-10-02', 131), (1, 'Porto', '2023-10-01', 175), (3, 'Porto', '2023-10-01', 200), (2, 'Turin', '2022-04-03', 135), (4, 'Turin', '2022-04-03', 150), (5, 'Turin', '2023-04-02', 133), (1, 'Turin', '2023-04-02', 182);

-- shape ties
-- ? Who won each race, including dead heats?
-- ? Fastest runners per race with ties
-- ? winners of every race, all who share the best time
-- ? Which runners had the lowest time in each race? Keep everyone in a tie.
-- = Porto, 2022-10-02, Jomo, 131 | Porto, 2022-10-02, Mwai, 131 | Turin, 2022-04-03, Jomo, 135 | Turin, 2023-04-02, Mwai, 133 | Porto, 2023-10-01, Ines, 175
SELECT f.race, f.race_day, r.runner, f.minutes
FROM finish f JOIN runner r ON r.bib = f.bib
QUALIFY rank() OVER (PARTITION BY f.race, f.race_day ORDER BY f.minutes) = 1;

-- shape latest of each
-- ? What is the most recent time of each runner?
-- ? Latest result per runner
-- ? last finish time for every runner
-- ? current standing of each runner by newest race
-- ?de Das neueste Ergebnis jedes Läufers
-- ?zh 每位选手的最新成绩
-- = Kari, 200 | Luca, 150 | Ines, 175 | Jomo, 131 | Mwai, 133
SELECT r.runner, arg_max(f.minutes, f.race_day) AS latest_minutes
FROM finish f JOIN runner r ON r.bib = f.bib
GROUP BY r.bib, r.runner;

-- shape change from period before
-- ? How much faster or slower was each runner than in the race before?
-- ? Difference to the runner's previous race
-- ? improvement since last race per runner
-- ? Minutes compared with the same runner's prior finish
-- = Ines, 2022-10-02, None | Ines, 2023-04-02, 2 | Ines, 2023-10-01, -7 | Jomo, 2022-04-03, None | Jomo, 2022-10-02, -4 | Kari, 2023-10-01, None | Luca, 2022-04-03, None | Mwai, 2022-10-02, None | Mwai, 2023-04-02, 2
SELECT r.runner, f.race_day, f.minutes - lag(f.minutes) OVER (PARTITION BY f.bib ORDER BY f.race_day) AS change
FROM finish f JOIN runner r ON r.bib = f.bib
ORDER BY r.runner, f.race_day;

-- shape buckets
-- ? How many runners are there in each age group of ten years?
-- ? Runners by age decade
-- ? age distribution in steps of 10
-- ? Count runners under 30, 30 to 39 and 40 or older.
-- ? Bin ages and count how many fall into each bin.
-- = 20, 2 | 30, 2 | 40, 1
SELECT age // 10 * 10 AS age_from, count(*) AS runners
FROM runner
GROUP BY age_from
ORDER BY age_from;

-- shape second highest
-- ? Which was the second fastest time in each race?
-- ? Runner-up of every race
-- ? second best per race
-- ? Who came second in each race day?
-- = Porto, 2022-10-02, Ines, 180 | Turin, 2022-04-03, Luca, 150 | Turin, 2023-04-02, Ines, 182 | Porto, 2023-10-01, Kari, 200
SELECT f.race, f.race_day, r.runner, f.minutes
FROM finish f JOIN runner r ON r.bib = f.bib
QUALIFY dense_rank() OVER (PARTITION BY f.race, f.race_day ORDER BY f.minutes) = 2;

-- shape two periods side by side
-- ? What was the average time per race in 2022 and in 2023?
-- ? Average minutes 2022 vs 2023 by race
-- ? race averages for both years in separate columns
-- ? Compare last year's mean with this year's for every race, and the difference.
-- = Porto, 147.333, 187.5, 40.1667 | Turin, 142.5, 157.5, 15
SELECT race,
       avg(minutes) FILTER (WHERE year(race_day) = 2022) AS in_2022,
       avg(minutes) FILTER (WHERE year(race_day) = 2023) AS in_2023,
       avg(minutes) FILTER (WHERE year(race_day) = 2023) - avg(minutes) FILTER (WHERE year(race_day) = 2022) AS difference
FROM finish
GROUP BY race;

-- shape distinct counts
-- ? How many countries took part in each race?
-- ? Number of different countries per race
-- ? distinct runners by race and year
-- ? In how many different races did each runner start?
-- = Porto, 3 | Turin, 3
SELECT f.race, count(DISTINCT r.country) AS countries
FROM finish f JOIN runner r ON r.bib = f.bib
GROUP BY f.race;

-- shape max row
-- ? Who ran the fastest time, where and when?
-- ? The runner with the lowest minutes overall
-- ? fastest finish with runner and race
-- ? Which runner is the oldest?
-- ? What is the name of the youngest one?
-- ? Show the most expensive item with its price.
-- ?de Wer ist der älteste Läufer?
-- ?fr Quel coureur est le plus âgé ?
-- ?es ¿Quién es el corredor más joven?
-- ?zh 年龄最大的选手是谁？
-- = Jomo, Porto, 2022-10-02, 131
SELECT r.runner, f.race, f.race_day, f.minutes
FROM finish f JOIN runner r ON r.bib = f.bib
ORDER BY f.minutes
LIMIT 1;

-- shape group filter
-- ? Which countries have more than one runner?
-- ? Countries with at least two runners
-- ? countries having > 1 runner
-- ? Runners with two or more finishes
-- = KE, 2
SELECT country, count(*) AS runners
FROM runner
GROUP BY country
HAVING count(*) > 1;

-- shape plain
-- ? What is the average age of the runners from KE?
-- ? average minutes for every race
-- ? List runners over 30, oldest first.
-- ? How many finishes does Ines have?
-- ? Names and countries of all runners
-- ? How many runners are from each country?
-- = 29
SELECT avg(age) AS average_age FROM runner WHERE country = 'KE';

-- tables museum
CREATE TABLE hall (hall_no INTEGER PRIMARY KEY, hall_name VARCHAR, floor INTEGER);
CREATE TABLE piece (piece_no INTEGER PRIMARY KEY, piece_title VARCHAR, artist VARCHAR, hall_no INTEGER REFERENCES hall(hall_no), made_in INTEGER, insured DOUBLE);
CREATE TABLE entry (day DATE, kind VARCHAR, visitors INTEGER, takings DOUBLE);
INSERT INTO hall VALUES (1, 'Garden', 0), (2, 'Tower', 3), (3, 'Cellar', -1);
INSERT INTO piece VALUES (1, 'Blue Jug', 'Ekman', 1, 1890, 5000), (2, 'Red Jug', 'Ekman', 1, 1895, 7000), (3, 'Gate', 'Farah', 2, 1930, 20000), (4, 'Gate II', 'Farah', 2, 1932, 18000), (5, 'Rain', 'Gill', 1, NULL, 300);
INSERT INTO entry VALUES ('2023-01-07', 'adult', 100, 1000), ('2023-01-07', 'child', 50, 200), ('2023-01-08', 'adult', 120, 1200), ('2023-02-04', 'adult', 90, 900), ('2023-02-04', 'child', 30, 120), ('2024-01-06', 'adult', 150, 1800), ('2024-01-07', 'child', 60, 240);

-- shape best group
-- ? Which hall has the most pieces? Show its name and the number.
-- ? Find the artist with the largest number of pieces.
-- ? hall with the fewest pieces
-- ? What is the most common artist?
-- ? Who has made the most pieces?
-- ? Which month had the most visitors?
-- ? Which kind has the highest average takings?
-- ? Return the artist who has the most pieces, with the name and the count.
-- = Garden, 3
SELECT h.hall_name, count(*) AS pieces
FROM piece p JOIN hall h ON h.hall_no = p.hall_no
GROUP BY h.hall_no, h.hall_name
ORDER BY pieces DESC
LIMIT 1;

-- shape top overall
-- ? What are the five artists with the most pieces?
-- ? Who are the top 5 artists by insured value?
-- ? the ten most popular halls by number of pieces
-- ? Which three halls hold the most pieces?
-- = Ekman, 2, 12000 | Farah, 2, 38000 | Gill, 1, 300
SELECT artist, count(*) AS pieces, sum(insured) AS total_insured
FROM piece
GROUP BY artist
ORDER BY pieces DESC
LIMIT 5;

-- shape max row
-- ? What is the title of the oldest piece?
-- ? Find the piece with the highest insured value.
-- ? Which piece is worth the least?
-- ? newest piece and its artist
-- ? When was the first piece made? List the year and title.
-- = Blue Jug, Ekman, 1890
SELECT piece_title, artist, made_in
FROM piece
WHERE made_in IS NOT NULL
ORDER BY made_in
LIMIT 1;

-- shape never
-- ? Which halls have no piece?
-- ? Names of the halls that do not hold any piece
-- ? Which halls do not show anything?
-- ? halls without pieces
-- ? What are the ids of halls that have nothing in them?
-- = Cellar
SELECT hall_name
FROM hall
WHERE NOT EXISTS (SELECT 1 FROM piece WHERE piece.hall_no = hall.hall_no);

-- shape never
-- ? Which halls show nothing by Ekman?
-- ? Halls without any piece of the artist Farah
-- ? halls that never had one with this property
-- = Tower | Cellar
SELECT hall_name
FROM hall
WHERE hall_no NOT IN (SELECT hall_no FROM piece WHERE artist = 'Ekman');

-- shape both
-- ? Which halls have pieces made before 1892 and also pieces made after 1892?
-- ? old pieces and new pieces in the same hall
-- ? In which halls are there both early and late pieces?
-- ? Halls with pieces made both before 1890 and after 1895
-- = Garden
SELECT h.hall_name
FROM hall h
WHERE h.hall_no IN (SELECT hall_no FROM piece WHERE made_in < 1892)
  AND h.hall_no IN (SELECT hall_no FROM piece WHERE made_in > 1892);

-- shape share of total
-- ? What percentage of all visitors came as children?
-- ? Share of each kind in the total number of visitors
-- ? kind, visitors, percent of all visitors
-- ? What proportion of total takings came from each kind of entry?
-- ? how much does each kind contribute to total takings
-- = child, 140, 23.3333 | adult, 460, 76.6667
SELECT kind, sum(visitors) AS visitors, 100.0 * sum(visitors) / (SELECT sum(visitors) FROM entry) AS percent
FROM entry
GROUP BY kind;

-- shape percent growth
-- ? How did takings grow from 2023 to 2024 in percent for each kind?
-- ? Percentage change in takings between the two years by kind
-- ? growth 2023 to 2024 per kind in %
-- ? What is the increase in percent from one year to the other?
-- = child, -25 | adult, -41.9355
WITH years AS (
  SELECT kind, sum(takings) FILTER (WHERE year(day) = 2023) AS before, sum(takings) FILTER (WHERE year(day) = 2024) AS after
  FROM entry
  GROUP BY kind
)
SELECT kind, 100.0 * (after - before) / before AS growth_percent FROM years;

-- shape running total
-- ? What are the cumulative takings by day?
-- ? Running total of visitors per kind
-- ? visitors so far at each day
-- ? Show each day with takings and the takings accumulated up to that day.
-- = adult, 2023-01-07, 100, 100 | adult, 2023-01-08, 120, 220 | adult, 2023-02-04, 90, 310 | adult, 2024-01-06, 150, 460 | child, 2023-01-07, 50, 50 | child, 2023-02-04, 30, 80 | child, 2024-01-07, 60, 140
SELECT kind, day, visitors, sum(visitors) OVER (PARTITION BY kind ORDER BY day) AS visitors_so_far
FROM entry
ORDER BY kind, day;

-- shape moving average
-- ? What is the moving average of visitors over the last two days?
-- ? Rolling average of takings over 7 days
-- ? two-day rolling mean of visitors
-- ? smooth daily visitors
-- = 2023-01-07, 150, 150 | 2023-01-08, 120, 135 | 2023-02-04, 120, 120 | 2024-01-06, 150, 135 | 2024-01-07, 60, 105
WITH daily AS (
  SELECT day, sum(visitors) AS visitors FROM entry GROUP BY day
)
SELECT day, visitors, avg(visitors) OVER (ORDER BY day ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS smoothed
FROM daily
ORDER BY day;

-- shape columns side by side
-- ? For each day, how many adults and how many children came?
-- ? Adults and children per month in two columns
-- ? visitors by year: adult, child
-- ? number of x and number of y for every group in one row
-- = 2023-01-07, 100, 50 | 2023-01-08, 120, None | 2023-02-04, 90, 30 | 2024-01-06, 150, None | 2024-01-07, None, 60
SELECT day,
       sum(visitors) FILTER (WHERE kind = 'adult') AS adults,
       sum(visitors) FILTER (WHERE kind = 'child') AS children
FROM entry
GROUP BY day
ORDER BY day;

-- shape difference of two groups
-- ? On average how much higher are the takings from adults than from children?
-- ? How many more adults than children came per month?
-- ? adults minus children per day
-- ? What is the difference between the two kinds?
-- = 2023-01-07, 50 | 2023-01-08, 120 | 2023-02-04, 60 | 2024-01-06, 150 | 2024-01-07, -60
SELECT day,
       coalesce(sum(visitors) FILTER (WHERE kind = 'adult'), 0) - coalesce(sum(visitors) FILTER (WHERE kind = 'child'), 0) AS more_adults
FROM entry
GROUP BY day
ORDER BY day;

-- shape date parts
-- ? Are there more visitors at the weekend or on weekdays?
-- ? Visitors on weekends compared with working days
-- ? weekend vs weekday visitors
-- ? How many came on Saturdays and Sundays?
-- = weekend, 600
SELECT CASE WHEN isodow(day) >= 6 THEN 'weekend' ELSE 'weekday' END AS part_of_week, sum(visitors) AS visitors
FROM entry
GROUP BY part_of_week;

-- shape per month
-- ? What were the total takings per month in 2023?
-- ? Takings for each month of 2023, in order of the months
-- ? takings by month
-- ? How much was taken in each year?
-- ? Total visitors for each year and month
-- ? How did the number of visitors develop over the years?
-- = 2023-01-01, 2400 | 2023-02-01, 1020
SELECT date_trunc('month', day)::DATE AS month, sum(takings) AS total_takings
FROM entry
WHERE year(day) = 2023
GROUP BY month
ORDER BY month;

-- shape against the average
-- ? Which halls have an average insured value above the overall average?
-- ? Artists whose average insured value exceeds the average of all pieces
-- ? kinds with above-average takings
-- = Farah, 19000
SELECT artist, avg(insured) AS average_insured
FROM piece
GROUP BY artist
HAVING avg(insured) > (SELECT avg(insured) FROM piece);

-- shape year to date
-- ? What were the takings up to the end of January in each year?
-- ? Compare the year to date with the same period of last year
-- ? ytd visitors 2024 vs 2023
-- ? totals for the first month of every year
-- = 2023, 2400 | 2024, 2040
SELECT year(day) AS year, sum(takings) AS takings
FROM entry
WHERE month(day) <= 1
GROUP BY year
ORDER BY year;

-- shape plain
-- ? Show all pieces with their hall.
-- ? What are the titles and artists of all pieces?
-- ? Which pieces were made before 1900 or after 1930?
-- ? Give the number of pieces on each floor.
-- ? What is the total insured value for each hall?
-- ? What are the average and the maximum insured value?
-- ? What is the highest insured value for each hall?
-- ? What is the average number of visitors for each kind?
-- ? average age of pieces per floor
-- ? titles ordered by year
-- ? How many pieces does each artist have? Return artist and number, highest first.
-- = Blue Jug, Garden | Red Jug, Garden | Gate, Tower | Gate II, Tower | Rain, Garden
SELECT p.piece_title, h.hall_name
FROM piece p JOIN hall h ON h.hall_no = p.hall_no;

-- tables trams
CREATE TABLE stop (stop_id INTEGER PRIMARY KEY, stop_name VARCHAR, zone VARCHAR);
CREATE TABLE ride (ride_id INTEGER PRIMARY KEY, from_stop INTEGER REFERENCES stop(stop_id), to_stop INTEGER REFERENCES stop(stop_id), started TIMESTAMP, seconds INTEGER, ticket_code VARCHAR, rider VARCHAR);
CREATE TABLE ticket_kind (ticket_code VARCHAR PRIMARY KEY, description VARCHAR);
INSERT INTO ticket_kind VALUES ('S', 'single'), ('D', 'day pass');
INSERT INTO stop VALUES (1, 'Quay', 'A'), (2, 'Market', 'A'), (3, 'Heights', 'B'), (4, 'Depot', 'C');
INSERT INTO ride VALUES (1, 1, 2, '2024-09-02 08:00', 300, 'S', 'r1'), (2, 2, 3, '2024-09-02 17:30', 900, 'S', 'r1'), (3, 1, 3, '2024-09-03 08:10', 1200, 'D', 'r2'), (4, 3, 1, '2024-09-03 18:00', 1100, 'D', 'r2'), (5, 2, 1, '2024-09-07 11:00', 280, 'S', 'r3'), (6, 1, 2, '2024-09-08 12:00', 6000, 'S', 'r1');

-- shape two keys to one table
-- ? From which stop to which stop did each ride go?
-- ? Rides with the names of both stops
-- ? number of rides per pair of start and end stop
-- ? Show origin and destination by name.
-- ? Home team and away team of each match
-- = Market, Heights, 1 | Quay, Market, 2 | Market, Quay, 1 | Heights, Quay, 1 | Quay, Heights, 1
SELECT a.stop_name AS origin, b.stop_name AS destination, count(*) AS rides
FROM ride r JOIN stop a ON a.stop_id = r.from_stop JOIN stop b ON b.stop_id = r.to_stop
GROUP BY origin, destination;

-- shape coded values
-- ? How many rides were made with a day pass?
-- ? Rides with a single ticket
-- ? number of rides by the ticket's description
-- ? Count by type name instead of the type code
-- = day pass, 2 | single, 4
SELECT k.description, count(*) AS rides
FROM ride r JOIN ticket_kind k ON k.ticket_code = r.ticket_code
GROUP BY k.ticket_code, k.description;

-- shape counts with zero
-- ? How many rides started at each stop, also for stops with none?
-- ? rides per stop including zeros
-- ? Number of rides per starting stop, every stop listed
-- ? List all stops with the number of rides, 0 if there is none.
-- = Market, 2 | Quay, 3 | Heights, 1 | Depot, 0
SELECT s.stop_name, count(r.ride_id) AS rides
FROM stop s LEFT JOIN ride r ON r.from_stop = s.stop_id
GROUP BY s.stop_id, s.stop_name;

-- shape outliers
-- ? Which rides took unusually long, more than one and a half standard deviations above the mean?
-- ? Rides with outlying duration
-- ? outliers in seconds
-- ? rides more than 2 sigma above average
-- = 6, 6000
SELECT ride_id, seconds
FROM ride
WHERE seconds > (SELECT avg(seconds) + 1.5 * stddev(seconds) FROM ride);

-- shape rate with threshold
-- ? Which stops have at least two rides and more than half of them on a single ticket?
-- ? Stops where the share of day passes is under 30 %, with at least 2 rides
-- ? ticket share above 50% per stop, minimum 2 rides
-- ? Only groups with enough rows: which have a rate below a limit?
-- = Market, 2, 100 | Quay, 3, 66.6667
SELECT s.stop_name, count(*) AS rides, 100.0 * count(*) FILTER (WHERE r.ticket_code = 'S') / count(*) AS single_percent
FROM ride r JOIN stop s ON s.stop_id = r.from_stop
GROUP BY s.stop_id, s.stop_name
HAVING count(*) >= 2 AND 100.0 * count(*) FILTER (WHERE r.ticket_code = 'S') / count(*) > 50;

-- shape rate
-- ? What percentage of the rides of each zone starts in the morning?
-- ? What share of rides from each stop goes to another zone?
-- ? percent of rides before noon by zone
-- ? What fraction of each zone's rides is longer than ten minutes?
-- = A, 60 | B, 0
SELECT s.zone, 100.0 * count(*) FILTER (WHERE hour(r.started) < 12) / count(*) AS morning_percent
FROM ride r JOIN stop s ON s.stop_id = r.from_stop
GROUP BY s.zone;

-- shape conditional counts
-- ? How many rides does each rider have, and how many of them took longer than 15 minutes?
-- ? rides and long rides per rider
-- ? total and number above 900 seconds by rider
-- ? For each rider the number of rides, of which on weekends
-- = r1, 3, 1 | r2, 2, 2 | r3, 1, 0
SELECT rider, count(*) AS rides, count(*) FILTER (WHERE seconds > 900) AS long_rides
FROM ride
GROUP BY rider;

-- shape sessions
-- ? How many trips did each rider make if rides less than 12 hours apart belong to one trip?
-- ? trips per rider, gap over 12 hours starts a new one
-- ? sessionize rides by rider
-- ? number of groups of rides separated by long breaks
-- = r1, 2 | r3, 1 | r2, 1
SELECT rider, count(*) FILTER (WHERE starts) AS trips
FROM (
  SELECT rider, coalesce(started - lag(started) OVER (PARTITION BY rider ORDER BY started) > INTERVAL 12 HOUR, true) AS starts
  FROM ride
)
GROUP BY rider;

-- shape per day
-- ? How many rides were there on each date?
-- ? Rides per day
-- ? daily number of rides
-- ? count by calendar day
-- = 2024-09-02, 2 | 2024-09-03, 2 | 2024-09-07, 1 | 2024-09-08, 1
SELECT started::DATE AS day, count(*) AS rides
FROM ride
GROUP BY day
ORDER BY day;

-- shape between dates
-- ? Which rides took place between 3 and 7 September 2024?
-- ? rides from 2024-09-03 to 2024-09-07 inclusive
-- ? How many rides in the first week of September 2024?
-- ? number of rows in a date range
-- = 3, 2024-09-03 08:10:00 | 4, 2024-09-03 18:00:00 | 5, 2024-09-07 11:00:00
SELECT ride_id, started
FROM ride
WHERE started >= '2024-09-03' AND started < '2024-09-08';

-- shape top percent
-- ? Which rides are among the longest quarter?
-- ? longest 25 percent of rides
-- ? top quartile by seconds
-- ? rides in the highest 10% of duration
-- = 6, 6000 | 3, 1200
SELECT ride_id, seconds
FROM ride
QUALIFY ntile(4) OVER (ORDER BY seconds DESC) = 1;

-- tables shelters
CREATE TABLE dog (dog_name VARCHAR, shelter VARCHAR, arrived DATE, adopted DATE, kilos DOUBLE);
CREATE TABLE cat (cat_name VARCHAR, shelter VARCHAR, arrived DATE, adopted DATE);
INSERT INTO dog VALUES ('Rex', 'North', '2024-01-02', '2024-01-20', 30), ('Fido', 'North', '2024-01-15', NULL, 12), ('Bess', 'South', '2024-02-01', '2024-03-05', 20);
INSERT INTO cat VALUES ('Tom', 'North', '2024-01-09', '2024-02-09'), ('Mia', 'East', '2024-02-10', NULL);

-- shape union of sources
-- ? How many animals, dogs and cats together, did each shelter take in?
-- ? Total of dogs and cats per shelter
-- ? combine dogs and cats and count by shelter
-- ? All arrivals from both tables by shelter
-- = North, 3 | South, 1 | East, 1
SELECT shelter, count(*) AS animals
FROM (SELECT shelter FROM dog UNION ALL SELECT shelter FROM cat)
GROUP BY shelter;

-- shape set differences
-- ? Which shelters have dogs but no cats?
-- ? Shelters that are in the dog table and not in the cat table
-- ? values of one table missing in the other
-- ? what is in the first list but not in the second
-- = South
SELECT shelter FROM dog EXCEPT SELECT shelter FROM cat;

-- shape set intersection
-- ? Which shelters have dogs and cats?
-- ? Shelters that occur in both tables
-- ? names common to the two tables
-- ? What do the two lists have in common?
-- = North
SELECT shelter FROM dog INTERSECT SELECT shelter FROM cat;

-- shape days between
-- ? How many days did each dog wait for its adoption?
-- ? waiting time of every dog in days
-- ? days from arrival to adoption by dog
-- ? Which dog waited the longest, in days?
-- = Rex, 18 | Bess, 33
SELECT dog_name, date_diff('day', arrived, adopted) AS days_waited
FROM dog
WHERE adopted IS NOT NULL;

-- shape present at a time
-- ? How many dogs were in the shelter on 18 January 2024?
-- ? dogs present on a given date
-- ? Which animals had arrived but were not yet adopted on that day?
-- ? number active at a point in time
-- = 2
SELECT count(*) AS present
FROM dog
WHERE arrived <= '2024-01-18' AND (adopted IS NULL OR adopted > '2024-01-18');

-- shape open items
-- ? Which dogs are still waiting to be adopted?
-- ? dogs without adoption date yet
-- ? Dogs not yet adopted
-- ? What is pending at the moment?
-- = Fido, 2024-01-15
SELECT dog_name, arrived FROM dog WHERE adopted IS NULL;

-- shape rank overall
-- ? Rank dogs by weight.
-- ? weight ranking of dogs, heaviest is number 1
-- ? position of each dog by kilos
-- = Rex, 30, 1 | Bess, 20, 2 | Fido, 12, 3
SELECT dog_name, kilos, rank() OVER (ORDER BY kilos DESC) AS place
FROM dog
ORDER BY place;
