import { weighted, type WeightedList } from './weighted.ts'

/** The 243 country names of the course's geolocation_data (`_` is a blank here); Congo and Korea stand twice in its source list. */
export const countries: WeightedList = weighted(`
Afghanistan:1 Albania:1 Algeria:1 American_Samoa:1 Andorra:1 Angola:1 Anguilla:1
Antarctica_(the_territory_South_of_60_deg_S):1 Antigua_and_Barbuda:1 Argentina:1 Armenia:1 Aruba:1 Australia:1
Austria:1 Azerbaijan:1 Bahamas:1 Bahrain:1 Bangladesh:1 Barbados:1 Belarus:1 Belgium:1 Belize:1 Benin:1 Bermuda:1
Bhutan:1 Bolivia:1 Bosnia_and_Herzegovina:1 Botswana:1 Bouvet_Island_(Bouvetoya):1 Brazil:1
British_Indian_Ocean_Territory_(Chagos_Archipelago):1 British_Virgin_Islands:1 Brunei_Darussalam:1 Bulgaria:1
Burkina_Faso:1 Burundi:1 Cambodia:1 Cameroon:1 Canada:1 Cape_Verde:1 Cayman_Islands:1 Central_African_Republic:1
Chad:1 Chile:1 China:1 Christmas_Island:1 Cocos_(Keeling)_Islands:1 Colombia:1 Comoros:1 Congo:2 Cook_Islands:1
Costa_Rica:1 Cote_d'Ivoire:1 Croatia:1 Cuba:1 Cyprus:1 Czech_Republic:1 Denmark:1 Djibouti:1 Dominica:1
Dominican_Republic:1 Ecuador:1 Egypt:1 El_Salvador:1 Equatorial_Guinea:1 Eritrea:1 Estonia:1 Ethiopia:1
Falkland_Islands_(Malvinas):1 Faroe_Islands:1 Fiji:1 Finland:1 France:1 French_Guiana:1 French_Polynesia:1
French_Southern_Territories:1 Gabon:1 Gambia:1 Georgia:1 Germany:1 Ghana:1 Gibraltar:1 Greece:1 Greenland:1 Grenada:1
Guadeloupe:1 Guam:1 Guatemala:1 Guernsey:1 Guinea:1 Guinea-Bissau:1 Guyana:1 Haiti:1
Heard_Island_and_McDonald_Islands:1 Holy_See_(Vatican_City_State):1 Honduras:1 Hong_Kong:1 Hungary:1 Iceland:1 India:1
Indonesia:1 Iran:1 Iraq:1 Ireland:1 Isle_of_Man:1 Israel:1 Italy:1 Jamaica:1 Japan:1 Jersey:1 Jordan:1 Kazakhstan:1
Kenya:1 Kiribati:1 Korea:2 Kuwait:1 Kyrgyz_Republic:1 Lao_People's_Democratic_Republic:1 Latvia:1 Lebanon:1 Lesotho:1
Liberia:1 Libyan_Arab_Jamahiriya:1 Liechtenstein:1 Lithuania:1 Luxembourg:1 Macao:1 Macedonia:1 Madagascar:1 Malawi:1
Malaysia:1 Maldives:1 Mali:1 Malta:1 Marshall_Islands:1 Martinique:1 Mauritania:1 Mauritius:1 Mayotte:1 Mexico:1
Micronesia:1 Moldova:1 Monaco:1 Mongolia:1 Montenegro:1 Montserrat:1 Morocco:1 Mozambique:1 Myanmar:1 Namibia:1
Nauru:1 Nepal:1 Netherlands:1 Netherlands_Antilles:1 New_Caledonia:1 New_Zealand:1 Nicaragua:1 Niger:1 Nigeria:1
Niue:1 Norfolk_Island:1 Northern_Mariana_Islands:1 Norway:1 Oman:1 Pakistan:1 Palau:1 Palestinian_Territory:1 Panama:1
Papua_New_Guinea:1 Paraguay:1 Peru:1 Philippines:1 Pitcairn_Islands:1 Poland:1 Portugal:1 Puerto_Rico:1 Qatar:1
Reunion:1 Romania:1 Russian_Federation:1 Rwanda:1 Saint_Barthelemy:1 Saint_Helena:1 Saint_Kitts_and_Nevis:1
Saint_Lucia:1 Saint_Martin:1 Saint_Pierre_and_Miquelon:1 Saint_Vincent_and_the_Grenadines:1 Samoa:1 San_Marino:1
Sao_Tome_and_Principe:1 Saudi_Arabia:1 Senegal:1 Serbia:1 Seychelles:1 Sierra_Leone:1 Singapore:1
Slovakia_(Slovak_Republic):1 Slovenia:1 Solomon_Islands:1 Somalia:1 South_Africa:1
South_Georgia_and_the_South_Sandwich_Islands:1 Spain:1 Sri_Lanka:1 Sudan:1 Suriname:1 Svalbard_&_Jan_Mayen_Islands:1
Swaziland:1 Sweden:1 Switzerland:1 Syrian_Arab_Republic:1 Taiwan:1 Tajikistan:1 Tanzania:1 Thailand:1 Timor-Leste:1
Togo:1 Tokelau:1 Tonga:1 Trinidad_and_Tobago:1 Tunisia:1 Turkey:1 Turkmenistan:1 Turks_and_Caicos_Islands:1 Tuvalu:1
Uganda:1 Ukraine:1 United_Arab_Emirates:1 United_Kingdom:1 United_States_Minor_Outlying_Islands:1
United_States_Virgin_Islands:1 United_States_of_America:1 Uruguay:1 Uzbekistan:1 Vanuatu:1 Venezuela:1 Vietnam:1
Wallis_and_Futuna:1 Western_Sahara:1 Yemen:1 Zambia:1 Zimbabwe:1
`)
