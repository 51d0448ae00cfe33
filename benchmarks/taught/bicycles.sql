CREATE TABLE stations (station_id INTEGER PRIMARY KEY, title VARCHAR, district VARCHAR, docks INTEGER);
CREATE TABLE bikes (bike_id INTEGER PRIMARY KEY, kind VARCHAR, bought DATE, retired DATE);
CREATE TABLE riders (rider_id INTEGER PRIMARY KEY, name VARCHAR, joined DATE, plan VARCHAR, city VARCHAR);
CREATE TABLE rides (ride_id INTEGER PRIMARY KEY, bike_id INTEGER REFERENCES bikes(bike_id), rider_id INTEGER REFERENCES riders(rider_id), from_station INTEGER REFERENCES stations(station_id), to_station INTEGER REFERENCES stations(station_id), began TIMESTAMP, ended TIMESTAMP, fee DECIMAL(8,2), discount DECIMAL(8,2), st VARCHAR);
INSERT INTO stations VALUES (1, 'Harbour', 'North', 20), (2, 'Market', 'Centre', 30), (3, 'Museum', 'Centre', 12), (4, 'Hill', 'South', 8), (5, 'Depot', 'South', 40);
INSERT INTO bikes VALUES (1, 'city', '2020-03-01', NULL), (2, 'city', '2020-03-01', '2024-02-01'), (3, 'electric', '2022-06-15', NULL), (4, 'electric', '2023-01-10', NULL), (5, 'cargo', '2021-09-09', NULL), (6, 'cargo', '2023-09-09', NULL);
INSERT INTO riders VALUES (1, 'Ana', '2022-01-05', 'year', 'Porto'), (2, 'Ben', '2023-04-11', 'single', 'Porto'), (3, 'Cid', '2023-12-30', 'month', 'Braga'), (4, 'Dora', '2024-02-14', 'year', 'Faro'), (5, 'Emil', '2024-03-01', 'single', 'Braga');
INSERT INTO rides VALUES
(1, 1, 1, 1, 2, '2024-01-05 08:10:00', '2024-01-05 08:30:00', 2.00, 0.00, 'F'), (2, 3, 1, 2, 1, '2024-01-05 17:40:00', '2024-01-05 18:25:00', 4.50, 0.50, 'F'),
(3, 2, 2, 2, 2, '2024-01-13 11:00:00', '2024-01-13 11:02:00', 1.00, 0.00, 'X'), (4, 5, 3, 3, 4, '2024-02-03 10:00:00', '2024-02-03 11:30:00', 9.00, 1.00, 'F'),
(5, 4, 4, 4, 3, '2024-02-17 20:15:00', '2024-02-17 20:50:00', 5.00, 0.00, 'F'), (6, 3, 2, 1, 3, '2024-02-20 07:55:00', '2024-02-20 08:20:00', 3.50, 0.50, 'F'),
(7, 1, 1, 2, 3, '2024-03-02 09:00:00', '2024-03-02 09:12:00', 1.50, 0.00, 'F'), (8, 4, 5, 3, 2, '2024-03-09 13:00:00', '2024-03-09 14:05:00', 7.00, 0.00, 'F'),
(9, 6, 3, 4, 1, '2024-03-10 16:00:00', '2024-03-10 17:10:00', 8.00, 2.00, 'F'), (10, 5, 4, 1, 1, '2024-03-11 06:30:00', '2024-03-11 06:31:00', 1.00, 0.00, 'X'),
(11, 3, 1, 2, 4, '2024-03-22 18:00:00', '2024-03-22 18:40:00', 4.00, 0.00, 'F'), (12, 1, 5, 4, 2, '2024-03-23 22:10:00', '2024-03-23 22:45:00', 3.00, 0.00, 'O'),
(13, 2, 3, 5, 2, '2024-01-27 12:00:00', '2024-01-27 12:30:00', 3.00, 0.50, 'F');
