// Writes samples/contacts.csv: 1,000 made-up people with names in several scripts, the same ones every time.
import fs from 'node:fs';
import path from 'node:path';

const GIVEN = [
  'Ada',
  'Björn',
  'Chloé',
  'Đorđe',
  'Elif',
  'Fátima',
  'Grzegorz',
  'Håkon',
  'Ioana',
  'José',
  'Κατερίνα',
  'Людмила',
  'מיכל',
  'نور',
  '美咲',
  '지훈',
  'अनन्या',
  'Zoë',
  'Noah',
  'Emma',
];
const FAMILY = [
  'Andersson',
  'Brontë',
  'Çelik',
  'Dvořák',
  'Eriksen',
  'García',
  'Hansen',
  'Ivanova',
  'Jansen',
  'Kowalska',
  'López',
  'Müller',
  'Nowak',
  'Ólafsdóttir',
  'Papadopoulos',
  'Rossi',
  'Singh',
  'Tanaka',
  'Ünal',
  'Weiß',
];
const PLANS = ['free', 'team', 'business'];
const CITIES = ['Lisbon', 'Kraków', 'München', 'Αθήνα', '東京', 'Nairobi', 'São Paulo', 'Tromsø'];

const lines = ['email,first_name,last_name,plan,city,orders'];
for (let i = 0; i < 1000; i++) {
  const [given, family] = [GIVEN[i % 20], FAMILY[(i * 7 + Math.floor(i / 20)) % 20]];
  lines.push(
    `person${String(i + 1).padStart(4, '0')}@example.test,${given},${family},${PLANS[i % 3]},${CITIES[i % 8]},${(i * 37) % 24}`,
  );
}
fs.writeFileSync(path.join(import.meta.dirname, '../samples/contacts.csv'), `${lines.join('\n')}\n`);
