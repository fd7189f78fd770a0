import { weighted, type WeightedList } from './weighted.ts'

/** Last names with their frequency in parts per million: US census 1990, as Faker (MIT) lists them, which made the course's rows. */
export const lastNames: WeightedList = weighted(`
Abbott:472 Acevedo:349 Acosta:699 Adams:3774 Adkins:654 Aguilar:1155 Aguirre:538 Alexander:1768 Ali:330 Allen:4234
Allison:471 Alvarado:856 Alvarez:1543 Andersen:306 Anderson:6966 Andrade:427 Andrews:1182 Anthony:476 Archer:305
Arellano:320 Arias:366 Armstrong:1188 Arnold:1246 Arroyo:344 Ashley:338 Atkins:455 Atkinson:470 Austin:1034 Avery:342
Avila:638 Ayala:608 Ayers:355 Bailey:2430 Baird:313 Baker:3777 Baldwin:723 Ball:709 Ballard:545 Banks:907 Barajas:294
Barber:699 Barker:779 Barnes:1923 Barnett:843 Barr:388 Barrera:399 Barrett:876 Barron:422 Barry:412 Bartlett:388
Barton:609 Bass:496 Bates:857 Bauer:566 Bautista:346 Baxter:437 Bean:339 Beard:431 Beasley:422 Beck:851 Becker:805
Bell:2419 Beltran:317 Bender:351 Benitez:306 Benjamin:333 Bennett:2184 Benson:770 Bentley:354 Benton:338 Berg:443
Berger:398 Bernard:334 Berry:1182 Best:337 Bird:310 Bishop:1042 Black:1372 Blackburn:348 Blackwell:425 Blair:687
Blake:633 Blanchard:336 Blankenship:390 Blevins:337 Bolton:292 Bond:466 Bonilla:318 Booker:321 Boone:472 Booth:444
Bowen:704 Bowers:589 Bowman:934 Boyd:1366 Boyer:453 Boyle:358 Bradford:473 Bradley:1200 Bradshaw:373 Brady:650
Branch:302 Brandt:325 Braun:299 Bray:316 Brennan:441 Brewer:918 Bridges:478 Briggs:524 Bright:293 Brock:545
Brooks:2200 Brown:12611 Browning:390 Bruce:475 Bryan:505 Bryant:1679 Buchanan:583 Buck:388 Buckley:372 Bullock:393
Burch:325 Burgess:654 Burke:1089 Burnett:529 Burns:1482 Burton:979 Bush:745 Butler:1927 Byrd:811 Cabrera:522 Cain:529
Calderon:500 Caldwell:835 Calhoun:379 Callahan:456 Camacho:448 Cameron:479 Campbell:3399 Campos:639 Cannon:621
Cantrell:317 Cantu:362 Cardenas:517 Carey:502 Carlson:1098 Carney:295 Carpenter:1161 Carr:1041 Carrillo:613
Carroll:1197 Carson:510 Carter:3313 Case:354 Casey:592 Castaneda:467 Castillo:1512 Castro:1218 Cervantes:527
Chambers:825 Chan:600 Chandler:695 Chaney:296 Chang:637 Chapman:1139 Charles:471 Chase:464 Chavez:1698 Chen:964
Cherry:316 Choi:333 Christensen:650 Christian:468 Chung:333 Church:325 Cisneros:339 Clark:5011 Clarke:571 Clay:423
Clayton:501 Clements:340 Cline:449 Cobb:582 Cochran:532 Coffey:324 Cohen:797 Cole:1716 Coleman:1906 Collier:497
Collins:2904 Colon:507 Combs:486 Compton:318 Conley:495 Conner:570 Conrad:366 Contreras:847 Conway:397 Cook:2694
Cooke:291 Cooley:295 Cooper:2468 Copeland:491 Cordova:320 Cortez:708 Costa:322 Cowan:295 Cox:2319 Craig:819 Crane:339
Crawford:1445 Crosby:355 Cross:687 Cruz:2111 Cuevas:293 Cummings:701 Cunningham:1205 Curry:652 Curtis:904 Dalton:458
Daniel:687 Daniels:1268 Daugherty:317 Davenport:495 David:353 Davidson:932 Davies:294 Davila:316 Davis:9798 Dawson:733
Day:929 Dean:998 Decker:498 Delacruz:449 Deleon:599 Delgado:902 Dennis:683 Diaz:2301 Dickerson:466 Dickson:317
Dillon:446 Dixon:1389 Dodson:341 Dominguez:765 Donaldson:323 Donovan:359 Dorsey:376 Dougherty:346 Douglas:881
Downs:306 Doyle:672 Drake:540 Duarte:291 Dudley:318 Duffy:347 Duke:308 Duncan:1192 Dunlap:352 Dunn:1251 Duran:622
Durham:387 Dyer:426 Eaton:424 Edwards:2897 Elliott:1210 Ellis:1662 Ellison:379 English:411 Erickson:740 Escobar:392
Esparza:299 Espinoza:725 Estes:327 Estrada:848 Evans:3127 Everett:354 Ewing:301 Farley:339 Farmer:624 Farrell:467
Faulkner:323 Ferguson:1300 Fernandez:1273 Ferrell:294 Fields:943 Figueroa:663 Finley:337 Fischer:640 Fisher:1921
Fitzgerald:672 Fitzpatrick:361 Fleming:804 Fletcher:739 Flores:2856 Flowers:496 Floyd:586 Flynn:564 Foley:465
Forbes:294 Ford:1630 Foster:2020 Fowler:938 Fox:1346 Francis:655 Franco:486 Frank:602 Franklin:1049 Frazier:807
Frederick:365 Freeman:1487 French:577 Frey:299 Friedman:337 Fritz:302 Frost:371 Fry:343 Frye:335 Fuentes:516
Fuller:975 Gaines:387 Gallagher:622 Gallegos:500 Galloway:309 Galvan:366 Gamble:296 Garcia:7842 Gardner:1267
Garner:658 Garrett:985 Garrison:461 Garza:1134 Gates:464 Gay:299 Gentry:387 George:1094 Gibbs:571 Gibson:1685
Gilbert:1027 Giles:356 Gill:628 Gillespie:378 Gilmore:430 Glass:372 Glenn:450 Glover:586 Golden:437 Gomez:2408
Gonzales:1772 Gonzalez:5462 Good:315 Goodman:653 Goodwin:643 Gordon:1416 Gould:344 Graham:1773 Grant:1225 Graves:751
Gray:2163 Green:3778 Greene:1093 Greer:499 Gregory:811 Griffin:1742 Griffith:707 Grimes:450 Gross:679 Guerra:499
Guerrero:860 Gutierrez:1945 Guzman:1082 Haas:311 Hahn:350 Hale:758 Haley:333 Hall:4327 Hamilton:1776 Hammond:613
Hampton:607 Hancock:451 Haney:298 Hanna:325 Hansen:1220 Hanson:997 Hardin:381 Harding:350 Hardy:700 Harmon:662
Harper:1095 Harrell:443 Harrington:595 Harris:5423 Harrison:1604 Hart:1210 Hartman:583 Harvey:1025 Hatfield:306
Hawkins:1225 Hayden:329 Hayes:1713 Haynes:750 Hays:303 Heath:460 Hebert:368 Henderson:1920 Hendricks:383 Hendrix:311
Henry:1475 Hensley:456 Henson:426 Herman:385 Hernandez:6454 Herrera:1286 Herring:341 Hess:528 Hester:317 Hickman:368
Hicks:1404 Higgins:714 Hill:3762 Hines:623 Hinton:303 Ho:369 Hobbs:431 Hodge:462 Hodges:629 Hoffman:1212 Hogan:563
Holden:311 Holder:297 Holland:913 Holloway:507 Holmes:1372 Holt:774 Hood:491 Hooper:311 Hoover:512 Hopkins:864
Horn:469 Horne:332 Horton:763 House:370 Houston:494 Howard:2328 Howe:371 Howell:1002 Huang:409 Hubbard:622 Huber:336
Hudson:1195 Huerta:305 Huff:492 Huffman:454 Hughes:2096 Hull:381 Humphrey:434 Hunt:1389 Hunter:1411 Hurley:356
Hurst:407 Hutchinson:437 Huynh:366 Ibarra:428 Ingram:609 Irwin:314 Jackson:6087 Jacobs:1056 Jacobson:410 James:2131
Jarvis:311 Jefferson:469 Jenkins:1953 Jennings:795 Jensen:1026 Jimenez:1439 Johns:432 Johnson:16969 Johnston:1178
Jones:12452 Jordan:1802 Joseph:731 Joyce:309 Juarez:629 Kaiser:298 Kane:443 Kaufman:318 Keith:427 Keller:862
Kelley:1257 Kelly:2379 Kemp:408 Kennedy:1568 Kent:389 Kerr:391 Key:291 Khan:427 Kidd:291 Kim:1773 King:4011 Kirby:479
Kirk:476 Klein:728 Kline:410 Knapp:377 Knight:1205 Knox:392 Koch:432 Kramer:576 Krause:314 Krueger:335 Lam:406
Lamb:535 Lambert:828 Landry:347 Lane:1176 Lang:547 Lara:546 Larsen:484 Larson:1106 Lawrence:1136 Lawson:1052 Le:708
Leach:399 Leblanc:374 Lee:5536 Leon:567 Leonard:815 Lester:401 Levine:315 Levy:324 Lewis:4659 Li:528 Lin:451
Lindsey:559 Little:939 Liu:436 Livingston:374 Lloyd:559 Logan:590 Long:2042 Lopez:5679 Love:716 Lowe:815 Lowery:381
Lozano:389 Lucas:918 Lucero:310 Luna:696 Lutz:292 Lynch:1046 Lynn:339 Lyons:752 Macdonald:418 Macias:427 Mack:614
Madden:315 Maddox:320 Mahoney:360 Maldonado:804 Malone:633 Mann:740 Manning:659 Marks:441 Marquez:731 Marsh:557
Marshall:1619 Martin:6147 Martinez:7082 Mason:1421 Massey:488 Mata:319 Mathews:462 Mathis:473 Matthews:1141
Maxwell:601 May:929 Mayer:357 Maynard:326 Mayo:303 Mays:356 Mcbride:556 Mccall:377 Mccann:317 Mccarthy:740 Mccarty:326
Mcclain:416 Mcclure:425 Mcconnell:358 Mccormick:573 Mccoy:973 Mccullough:403 Mcdaniel:789 Mcdonald:1609 Mcdowell:434
Mcfarland:368 Mcgee:657 Mcgrath:311 Mcguire:568 Mcintosh:370 Mcintyre:387 Mckay:338 Mckee:398 Mckenzie:503
Mckinney:737 Mcknight:296 Mclaughlin:668 Mclean:373 Mcmahon:352 Mcmillan:355 Mcneil:304 Mcpherson:318 Meadows:392
Medina:1273 Mejia:608 Melendez:385 Melton:444 Mendez:1030 Mendoza:1540 Mercado:424 Mercer:309 Merritt:408 Meyer:1368
Meyers:518 Meza:344 Michael:360 Middleton:372 Miles:749 Miller:10305 Mills:1351 Miranda:618 Mitchell:3357 Molina:642
Monroe:489 Montes:322 Montgomery:1025 Montoya:522 Moody:570 Moon:384 Mooney:301 Moore:6384 Mora:378 Morales:1989
Moran:718 Moreno:1335 Morgan:2526 Morris:2849 Morrison:1078 Morrow:509 Morse:376 Morton:537 Moses:336 Mosley:408
Moss:674 Moyer:333 Mueller:588 Mullen:333 Mullins:642 Munoz:1076 Murillo:292 Murphy:2746 Murray:1630 Myers:2054
Nash:466 Navarro:676 Neal:766 Nelson:3767 Newman:918 Newton:661 Nguyen:2834 Nichols:1297 Nicholson:512 Nielsen:375
Nixon:329 Noble:367 Nolan:406 Norman:596 Norris:779 Norton:565 Novak:322 Nunez:824 Obrien:1054 Ochoa:523 Oconnell:325
Oconnor:683 Odom:308 Odonnell:391 Oliver:1020 Olsen:524 Olson:1494 Oneal:422 Oneill:445 Orozco:414 Orr:399 Ortega:851
Ortiz:1962 Osborn:293 Osborne:601 Owen:552 Owens:1611 Pace:356 Pacheco:535 Padilla:747 Page:735 Palmer:1374 Park:748
Parker:2963 Parks:789 Parrish:446 Parsons:605 Patel:1326 Patrick:532 Patterson:1814 Patton:592 Paul:660 Payne:1261
Pearson:902 Peck:360 Pena:899 Pennington:369 Perez:4464 Perkins:1160 Perry:1943 Peters:1227 Petersen:504 Peterson:2513
Petty:313 Pham:548 Phelps:467 Phillips:3215 Pierce:1247 Pineda:356 Pittman:481 Pitts:443 Pollard:311 Ponce:323
Poole:500 Pope:564 Porter:1433 Potter:650 Potts:344 Powell:1979 Powers:826 Pratt:546 Preston:419 Price:2090 Prince:408
Proctor:317 Pruitt:388 Pugh:354 Quinn:681 Ramirez:3554 Ramos:1764 Ramsey:700 Randall:480 Randolph:363 Rangel:383
Rasmussen:324 Ray:1177 Raymond:349 Reed:2444 Reese:656 Reeves:729 Reid:950 Reilly:368 Reyes:2125 Reynolds:1787
Rhodes:812 Rice:1338 Rich:434 Richard:476 Richards:1148 Richardson:2280 Richmond:326 Riddle:298 Riggs:309 Riley:1169
Rios:882 Ritter:300 Rivas:499 Rivera:2736 Rivers:329 Roach:406 Robbins:714 Roberson:486 Roberts:3346 Robertson:1373
Robinson:4596 Robles:563 Rocha:385 Rodgers:667 Rodriguez:7349 Rogers:2690 Rojas:668 Rollins:309 Roman:539 Romero:1405
Rosales:469 Rosario:334 Rose:1342 Ross:2010 Roth:521 Rowe:605 Rowland:315 Roy:454 Rubio:334 Ruiz:1603 Rush:342
Russell:1968 Russo:440 Ryan:1273 Salas:441 Salazar:1037 Salinas:563 Sampson:340 Sanchez:4032 Sanders:2018 Sandoval:880
Sanford:325 Santana:401 Santiago:831 Santos:905 Saunders:614 Savage:442 Sawyer:438 Schaefer:372 Schmidt:1330
Schmitt:323 Schneider:919 Schroeder:607 Schultz:959 Schwartz:774 Scott:3838 Sellers:380 Serrano:503 Sexton:384
Shaffer:541 Shah:346 Shannon:410 Sharp:702 Shaw:1418 Shea:293 Shelton:807 Shepard:354 Shepherd:529 Sheppard:325
Sherman:638 Shields:453 Short:511 Silva:1153 Simmons:1843 Simon:684 Simpson:1446 Sims:980 Singh:664 Singleton:473
Skinner:480 Sloan:386 Small:419 Smith:21712 Snow:417 Snyder:1456 Solis:549 Solomon:391 Sosa:336 Soto:974 Sparks:569
Spears:367 Spence:315 Spencer:1228 Stafford:414 Stanley:857 Stanton:318 Stark:383 Steele:771 Stein:396 Stephens:1268
Stephenson:426 Stevens:1658 Stevenson:666 Stewart:2859 Stokes:536 Stone:1369 Stout:390 Strickland:601 Strong:397
Stuart:326 Suarez:432 Sullivan:1970 Summers:506 Sutton:798 Swanson:699 Sweeney:471 Tanner:424 Tapia:340 Tate:614
Taylor:6582 Terrell:310 Terry:762 Thomas:6494 Thompson:5888 Thornton:742 Todd:638 Torres:2971 Townsend:611 Tran:1244
Travis:305 Trevino:461 Trujillo:545 Tucker:1489 Turner:3067 Tyler:571 Underwood:511 Valdez:901 Valencia:457
Valentine:344 Valenzuela:400 Vance:418 Vang:295 Vargas:1133 Vasquez:1462 Vaughan:343 Vaughn:777 Vazquez:776 Vega:802
Velasquez:522 Velazquez:366 Velez:391 Villa:360 Villanueva:407 Villarreal:460 Villegas:317 Vincent:463 Wade:848
Wagner:1412 Walker:4581 Wall:497 Wallace:1743 Waller:320 Walls:358 Walsh:943 Walter:435 Walters:953 Walton:649
Wang:617 Ward:2322 Ware:427 Warner:748 Warren:1351 Washington:1490 Waters:601 Watkins:1119 Watson:2215 Watts:788
Weaver:1268 Webb:1494 Weber:986 Webster:641 Weeks:375 Weiss:513 Welch:967 Wells:1559 Werner:314 West:1722 Wheeler:1112
Whitaker:497 White:5843 Whitehead:396 Whitney:313 Wiggins:442 Wilcox:502 Wiley:434 Wilkerson:426 Wilkins:512
Wilkinson:480 Williams:14017 Williamson:1025 Willis:1148 Wilson:7155 Winters:400 Wise:610 Wolf:630 Wolfe:759 Wong:908
Wood:2260 Woodard:410 Woods:1542 Woodward:331 Wright:4024 Wu:419 Wyatt:465 Yang:664 Yates:561 Yoder:404 York:469
Young:4257 Yu:332 Zamora:419 Zavala:311 Zhang:303 Zimmerman:740 Zuniga:357
`)
