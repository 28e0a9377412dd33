//! What the shop sells.

use barker_domain::{Day, Micros};
use barker_warehouse::fact::{Facts, Product};

use super::{SHOP, season::MS_PER_DAY};

/// Name, category, brand, price in roubles and how often it is bought.
pub(super) type Line = (&'static str, &'static str, &'static str, i64, usize);

pub(super) const ASSORTMENT: [Line; 24] = [
    ("Комплект постельного белья «Облако», сатин, 2-спальный", "Постельное бельё", "Облако", 4_990, 9),
    ("Комплект постельного белья «Лён», евро", "Постельное бельё", "Льняной дом", 7_490, 4),
    ("Пододеяльник «Облако», 200х220", "Постельное бельё", "Облако", 2_290, 5),
    ("Наволочки «Облако», 50х70, 2 шт.", "Постельное бельё", "Облако", 890, 8),
    ("Одеяло «Тёплая зима», 172х205", "Одеяла и подушки", "Сон", 3_690, 5),
    ("Подушка ортопедическая «Форма»", "Одеяла и подушки", "Сон", 2_990, 6),
    ("Плед крупной вязки, 130х170", "Одеяла и подушки", "Уют", 3_290, 7),
    ("Сервиз столовый «Скандия», 18 предметов", "Посуда", "Скандия", 6_990, 3),
    ("Сковорода литая, 28 см", "Посуда", "Кузня", 2_790, 7),
    ("Набор кастрюль «Профи», 3 шт.", "Посуда", "Кузня", 5_490, 3),
    ("Кружки «Утро», 4 шт.", "Посуда", "Скандия", 1_190, 9),
    ("Нож шеф-повара, 20 см", "Посуда", "Кузня", 1_990, 5),
    ("Светильник настольный «Луна»", "Свет", "Луч", 2_490, 5),
    ("Торшер «Дуга»", "Свет", "Луч", 6_490, 2),
    ("Гирлянда «Тёплый свет», 10 м", "Свет", "Луч", 790, 8),
    ("Ваза керамическая «Терра»", "Декор", "Уют", 1_690, 6),
    ("Зеркало круглое, 60 см", "Декор", "Уют", 4_290, 3),
    ("Свеча ароматическая «Хвоя»", "Декор", "Уют", 690, 9),
    ("Постер в раме, 50х70", "Декор", "Галерея", 1_990, 4),
    ("Полотенце махровое, 70х140", "Ванная", "Облако", 1_290, 9),
    ("Коврик для ванной «Мох»", "Ванная", "Облако", 1_490, 6),
    ("Штора для ванной «Волна»", "Ванная", "Волна", 1_190, 4),
    ("Корзина для белья, ротанг", "Хранение", "Порядок", 2_690, 4),
    ("Органайзеры для шкафа, 6 шт.", "Хранение", "Порядок", 1_390, 6),
];

/// The id of what stands at that place.
pub(super) fn product_id(place: usize) -> String {
    format!("p-{}", 1_001 + place)
}

/// What it is in stock under.
pub(super) fn sku(place: usize) -> String {
    format!("UD-{:04}", 1_001 + place)
}

/// Everything that is sold, as it has been since that day.
pub(crate) fn products(since: Day) -> Facts {
    let products = ASSORTMENT.iter().enumerate().map(|(place, (name, category, brand, price, _))| Product {
        source: SHOP.to_owned(),
        product_id: product_id(place),
        updated_at_ms: i64::from(since.0) * MS_PER_DAY,
        sku: sku(place),
        name: (*name).to_owned(),
        category: (*category).to_owned(),
        brand: (*brand).to_owned(),
        price: Micros(price * 1_000_000),
        cost: Micros(price * 520_000),
        currency: "RUB".to_owned(),
        is_deleted: false,
    });
    Facts::Products(products.collect())
}
