import { weighted, type WeightedList } from './weighted.ts'

/** First names with their frequency in parts per million: US census 1990, as Faker (MIT) lists them, which made the course's rows. */
export const firstNames: WeightedList = weighted(`
Aaron:3395 Abigail:1029 Adam:3588 Adrian:766 Adriana:246 Adrienne:314 Aimee:214 Alan:1181 Albert:663 Alec:223
Alejandra:209 Alejandro:434 Alex:1063 Alexa:334 Alexander:2626 Alexandra:1428 Alexandria:486 Alexis:1736 Alfred:161
Alice:297 Alicia:1897 Alisha:240 Alison:758 Allen:846 Allison:1884 Alvin:125 Alyssa:1633 Amanda:7735 Amber:3489
Amy:6476 Ana:430 Andre:705 Andrea:3397 Andres:169 Andrew:6785 Angel:585 Angela:6019 Angelica:555 Angie:152 Anita:697
Ann:1323 Anna:2362 Anne:1052 Annette:749 Anthony:6940 Antonio:1205 April:2281 Ariana:208 Ariel:310 Arthur:676
Ashlee:351 Ashley:7439 Audrey:574 Austin:1906 Autumn:463 Bailey:348 Barbara:2437 Barry:555 Becky:484 Belinda:253
Benjamin:3291 Bernard:150 Beth:1131 Bethany:629 Betty:423 Beverly:499 Bianca:315 Bill:217 Billy:881 Blake:613 Bob:119
Bobby:839 Bonnie:681 Brad:496 Bradley:1936 Brady:140 Brandi:1046 Brandon:4793 Brandy:1096 Breanna:441 Brenda:2889
Brendan:371 Brent:951 Brett:1132 Brian:8045 Briana:472 Brianna:1281 Bridget:396 Brittany:3655 Brittney:789 Brooke:1214
Bruce:948 Bryan:2298 Bryce:230 Caitlin:911 Caitlyn:242 Caleb:748 Calvin:589 Cameron:910 Candace:277 Candice:329
Carl:1013 Carla:983 Carlos:1343 Carly:251 Carmen:449 Carol:1497 Caroline:603 Carolyn:1333 Carrie:1478 Casey:593
Cassandra:1259 Cassidy:228 Cassie:174 Catherine:2246 Cathy:712 Cesar:154 Chad:1943 Charlene:271 Charles:5483
Charlotte:267 Chase:489 Chelsea:1410 Chelsey:186 Cheryl:2098 Cheyenne:351 Chloe:285 Chris:700 Christian:1560
Christie:200 Christina:4399 Christine:3771 Christopher:14016 Christy:714 Cindy:1692 Claire:279 Clarence:151
Claudia:484 Clayton:333 Clifford:267 Clinton:292 Cody:1780 Cole:291 Colin:395 Colleen:925 Collin:204 Colton:262
Connie:917 Connor:494 Corey:1247 Cory:913 Courtney:2442 Craig:1703 Cristian:168 Cristina:166 Crystal:3205 Curtis:1078
Cynthia:3855 Daisy:220 Dakota:402 Dale:590 Dalton:310 Damon:173 Dan:196 Dana:1710 Daniel:9508 Danielle:3359 Danny:944
Darin:118 Darius:169 Darlene:480 Darrell:614 Darren:631 Darryl:337 Daryl:131 Dave:136 David:15647 Dawn:2525 Dean:486
Deanna:1032 Debbie:928 Deborah:2712 Debra:2076 Denise:2312 Dennis:1671 Derek:1559 Derrick:985 Desiree:499 Destiny:531
Devin:661 Devon:245 Diamond:167 Diana:1863 Diane:1540 Dillon:281 Dominic:221 Dominique:427 Don:190 Donald:2865
Donna:2874 Doris:200 Dorothy:364 Douglas:2273 Drew:301 Duane:311 Dustin:1555 Dwayne:358 Dylan:1173 Earl:175 Ebony:201
Eddie:400 Edgar:191 Eduardo:234 Edward:2871 Edwin:563 Eileen:274 Elaine:303 Elijah:298 Elizabeth:7530 Ellen:376
Emily:4582 Emma:641 Eric:6055 Erica:2188 Erik:1006 Erika:1060 Erin:2745 Ernest:376 Ethan:576 Eugene:395 Evan:791
Evelyn:415 Faith:215 Felicia:865 Fernando:281 Frances:275 Francis:167 Francisco:546 Frank:1650 Franklin:120 Fred:200
Frederick:556 Gabriel:960 Gabriela:265 Gabriella:222 Gabrielle:549 Gail:362 Garrett:566 Gary:2529 Gavin:149 Gene:118
Geoffrey:214 George:2228 Gerald:835 Gilbert:124 Gina:1431 Glen:188 Glenda:194 Glenn:560 Gloria:582 Gordon:136
Grace:439 Grant:344 Greg:314 Gregg:119 Gregory:3865 Guy:132 Gwendolyn:205 Hailey:334 Haley:784 Hannah:2110 Harold:468
Harry:296 Hayden:141 Hayley:241 Heather:5511 Hector:402 Heidi:1128 Helen:321 Henry:935 Herbert:118 Holly:1756
Howard:359 Hunter:521 Ian:938 Isaac:505 Isabel:177 Isabella:207 Isaiah:315 Ivan:176 Jack:926 Jackie:285 Jackson:203
Jaclyn:240 Jacob:3950 Jacqueline:2423 Jade:225 Jaime:430 Jake:285 James:14906 Jamie:2552 Jane:478 Janet:1254
Janice:802 Jared:1278 Jasmin:168 Jasmine:1523 Jason:7656 Javier:315 Jay:711 Jean:411 Jeanette:386 Jeanne:260 Jeff:640
Jeffery:1323 Jeffrey:6172 Jenna:908 Jennifer:14713 Jenny:470 Jeremiah:609 Jeremy:3190 Jermaine:227 Jerome:319
Jerry:1586 Jesse:1956 Jessica:10095 Jesus:820 Jill:1638 Jillian:498 Jim:286 Jimmy:809 Jo:223 Joan:404 Joann:274
Joanna:592 Joanne:367 Jocelyn:230 Jodi:631 Jody:374 Joe:817 Joel:1278 John:14443 Johnathan:423 Johnny:1066 Jon:786
Jonathan:5017 Jonathon:353 Jordan:832 Jorge:594 Jose:2703 Joseph:9368 Joshua:7456 Joy:462 Joyce:508 Juan:1628
Judith:438 Judy:555 Julia:1663 Julian:349 Julie:4135 Justin:5135 Kaitlin:340 Kaitlyn:745 Kara:780 Karen:4856 Kari:400
Karina:249 Karl:183 Karla:195 Katelyn:743 Katherine:3314 Kathleen:2536 Kathryn:2104 Kathy:1365 Katie:1539 Katrina:788
Kayla:2327 Kaylee:278 Keith:2328 Kelli:469 Kellie:151 Kelly:4705 Kelsey:1244 Kendra:705 Kenneth:4189 Kent:166
Kerri:159 Kerry:178 Kevin:7213 Kiara:196 Kim:1268 Kimberly:7852 Kirk:191 Kirsten:186 Krista:638 Kristen:2188
Kristi:515 Kristie:191 Kristin:1820 Kristina:1166 Kristine:492 Kristopher:292 Kristy:553 Krystal:623 Kurt:361
Kyle:3197 Kylie:250 Lacey:229 Lance:528 Larry:1842 Latasha:166 Latoya:325 Laura:5446 Lauren:3533 Laurie:1108
Lawrence:841 Leah:1006 Lee:616 Leon:119 Leonard:381 Leroy:131 Leslie:1816 Levi:175 Linda:3242 Lindsay:1100
Lindsey:1332 Lisa:9430 Logan:668 Lonnie:130 Loretta:243 Lori:3042 Lorraine:245 Louis:610 Lucas:553 Luis:1222 Luke:615
Lydia:186 Lynn:767 Mackenzie:383 Madeline:407 Madison:1013 Makayla:221 Malik:154 Mallory:347 Mandy:179 Manuel:670
Marc:721 Marcia:203 Marco:146 Marcus:1311 Margaret:1934 Maria:3320 Mariah:491 Marie:765 Marilyn:298 Mario:619
Marisa:171 Marissa:797 Mark:7242 Martha:650 Martin:1050 Marvin:369 Mary:7195 Mason:283 Mathew:305 Matthew:10285
Maureen:380 Maurice:391 Max:157 Maxwell:180 Mckenzie:168 Meagan:368 Megan:3871 Meghan:746 Melanie:1712 Melinda:1046
Melissa:7498 Melody:204 Melvin:312 Mercedes:169 Meredith:386 Mia:161 Michael:22962 Michaela:255 Micheal:641
Michele:1772 Michelle:7691 Miguel:713 Mikayla:207 Mike:615 Mindy:155 Miranda:716 Misty:788 Mitchell:880 Molly:861
Monica:2177 Monique:641 Morgan:1272 Nancy:2529 Natalie:1842 Natasha:876 Nathan:2538 Nathaniel:950 Neil:121
Nicholas:5046 Nichole:504 Nicolas:183 Nicole:5618 Nina:150 Noah:484 Norma:237 Norman:196 Olivia:991 Omar:322 Oscar:477
Paige:557 Pam:189 Pamela:2929 Parker:140 Patricia:4204 Patrick:3602 Patty:193 Paul:4669 Paula:1248 Pedro:139 Peggy:408
Penny:421 Perry:130 Peter:2186 Philip:1139 Phillip:1411 Phyllis:283 Preston:147 Priscilla:176 Rachael:553 Rachel:4412
Ralph:421 Randall:813 Randy:1522 Raven:204 Ray:191 Raymond:1759 Rebecca:5319 Rebekah:432 Regina:978 Reginald:479
Renee:1299 Rhonda:1450 Ricardo:603 Richard:7116 Rick:222 Rickey:120 Ricky:935 Riley:162 Rita:362 Robert:13564
Roberta:232 Roberto:456 Robin:2060 Robyn:162 Rodney:1098 Roger:1026 Ronald:2904 Ronnie:456 Rose:351 Ross:135 Roy:660
Ruben:390 Russell:1056 Ruth:525 Ryan:5681 Sabrina:967 Sally:268 Samantha:4122 Samuel:2508 Sandra:3260 Sandy:250
Sara:2830 Sarah:7268 Savannah:493 Scott:5328 Sean:2817 Selena:166 Sergio:286 Seth:774 Shane:1274 Shannon:2997
Shari:226 Sharon:2415 Shaun:377 Shawn:2253 Shawna:178 Sheena:179 Sheila:1108 Shelby:793 Shelia:203 Shelley:464
Shelly:674 Sheri:460 Sherri:647 Sherry:1231 Sheryl:287 Shirley:420 Sierra:481 Sonia:168 Sonya:460 Sophia:270
Spencer:459 Stacey:1428 Stacie:197 Stacy:1570 Stanley:372 Stefanie:174 Stephanie:6846 Stephen:3865 Steve:709
Steven:6693 Stuart:120 Sue:238 Summer:207 Susan:4480 Suzanne:979 Sydney:614 Sylvia:315 Tabitha:216 Tamara:1072
Tami:203 Tammie:213 Tammy:3270 Tanner:322 Tanya:1027 Tara:1595 Tasha:179 Taylor:2013 Teresa:2548 Terrance:102
Terrence:103 Terri:918 Terry:305 Theodore:300 Theresa:1759 Thomas:7219 Tiffany:3320 Tim:358 Timothy:6361 Tina:2612
Todd:2088 Tom:251 Tommy:392 Toni:449 Tony:1265 Tonya:1211 Tracey:761 Traci:434 Tracie:152 Tracy:2511 Travis:2025
Trevor:852 Tricia:226 Tristan:206 Troy:1357 Tyler:3002 Tyrone:296 Valerie:1620 Vanessa:1903 Vernon:124 Veronica:1520
Vicki:446 Vickie:350 Victor:1179 Victoria:2637 Vincent:1256 Virginia:754 Walter:768 Wanda:673 Warren:160 Wayne:811
Wendy:2043 Wesley:873 Whitney:851 William:10084 Willie:695 Wyatt:154 Xavier:209 Yesenia:167 Yolanda:611 Yvette:243
Yvonne:506 Zachary:2980 Zoe:185
`)
