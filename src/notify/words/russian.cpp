#include "notify/words/catalogue.hpp"

namespace davylamp::notify {
namespace {

using enum model::ConditionKind;

constexpr ConditionWords conditions[] = {
    {agent_down, "{subject} молчит",
     "Сигнал не пришёл вовремя.[ Последний был {since}.][ Ожидается каждые {expected}.][ Площадка: {site}.]",
     "{subject} снова на связи"},
    {agent_failed, "{subject} сообщает о сбое", "Агент сам сообщил о сбое.[ {detail}]",
     "{subject} больше не сообщает о сбое"},
    {agent_bypass, "{subject}: трафик идёт мимо туннеля",
     "Трафик выходит через настоящий адрес площадки, а не через туннель.[ Выход: {exit}.][ Страна: {country}.]"
     "[ Сеть: {network}.]",
     "{subject}: трафик снова идёт через туннель"},
    {agent_dns_leak, "{subject}: утечка DNS",
     "Имена запрашиваются вне туннеля.[ Резолвер: {resolver}.][ Его страна: {resolver_country}.][ Страна выхода: "
     "{country}.]",
     "{subject}: утечки DNS больше нет"},
    {agent_ipv6_leak, "{subject}: утечка IPv6", "IPv6 идёт мимо туннеля.[ {detail}]",
     "{subject}: утечки IPv6 больше нет"},
    {agent_unexpected_exit, "{subject}: неожиданный выход",
     "Трафик выходит не там, где должен.[ Выход: {exit}.][ Страна: {country}.][ Сеть: {network}.]"
     "[ Ожидалось: {expected}.]",
     "{subject}: выход снова тот, что ожидался"},
    {agent_exit_changed, "{subject}: выход сменился",
     "Публичный адрес туннеля изменился.[ Теперь: {exit}.][ Страна: {country}.][ Сеть: {network}.]",
     "{subject}: выход больше не меняется"},
    {agent_tunnel_down, "{subject}: туннель не работает", "Агент на связи и сам сообщает об этом.[ {detail}]",
     "{subject}: туннель снова работает"},
    {agent_degraded, "{subject}: туннель хуже обычного", "Высокие потери или задержки.[ {detail}]",
     "{subject}: туннель снова в норме"},
    {site_down, "Сразу много агентов молчит[: {site}]",
     "[Замолчали вместе: {count|агент|агента|агентов}][ из {limit}]. О каждом отдельно не сообщается.",
     "Агенты снова на связи[: {site}]"},
    {server_down, "Сервер {subject} не работает", "Сервер недоступен.[ {detail}]", "Сервер {subject} снова работает"},
    {server_degraded, "Сервер {subject}: неполадки", "Ответы опаздывают или не приходят.[ {detail}]",
     "Сервер {subject} снова в порядке"},
    {quota_near, "{subject}: лимит почти исчерпан",
     "[Использовано {detail}][ из {limit}][ ({percent} %)].[ Сброс: {time}.]", "{subject}: до лимита снова далеко"},
    {quota_reached, "{subject}: лимит исчерпан", "[Использовано {detail}][ из {limit}].[ Сброс: {time}.]",
     "{subject}: снова в пределах лимита"},
    {user_connected, "{subject}: подключение",
     "Пользователь {subject} подключился[ к {detail}].[ Страна: {country}.][ Город: {city}.][ Сеть: {network}.]",
     "{subject}: подключение"},
    {user_disconnected, "{subject}: отключение", "Пользователь {subject} отключился[ от {detail}].",
     "{subject}: отключение"},
    {user_new_country, "{subject}: новая страна",
     "Пользователь {subject} пришёл из страны, которой раньше не было.[ Страна: {country}.][ Город: {city}.]"
     "[ Сеть: {network}.][ Раньше: {before}.]",
     "{subject}: новая страна"},
    {user_absent, "{subject}: не подключился", "Пользователь {subject} не подключился до {time}.[ {detail}]",
     "{subject}: всё-таки подключился"},
    {user_returns, "{subject}: пробует снова и снова", "Пользователю отказано, но он возвращается.[ {detail}]",
     "{subject}: больше не пробует"},
    {attempts_many, "Много попыток: {subject}", "Попыток намного больше обычного.[ Количество: {count}.][ {detail}]",
     "Попыток снова столько, сколько обычно: {subject}"},
    {certificate_expires, "Истекает сертификат: {subject}",
     "[Действует до {time}.][ Осталось: {count|день|дня|дней}.][ {detail}]", "Сертификаты снова в порядке: {subject}"},
    {job_failed, "Задание {subject} не выполнено", "Работа не сделана.[ {detail}]",
     "Задание {subject} снова выполняется"},
    {warning, "Раннее предупреждение: {subject}", "Что-то меняется.[ {detail}]",
     "Раннее предупреждение снято: {subject}"},
};

}  // namespace

constinit const Catalogue russian{
    .frame = {.again = "Всё ещё: {title}",
              .began = "С {began}",
              .lasted = "Длилось {duration}: с {began} до {ended}",
              .so_far = "Уже {duration}, с {began}",
              .others = "И ещё {others|инцидент|инцидента|инцидентов}[: {names}].",
              .acknowledge = "Принято",
              .test_title = "Davylamp: проверка",
              .test_text = "Это проверка канала {channel}. Если вы это читаете, он работает.",
              .seconds = "{n|секунда|секунды|секунд}",
              .minutes = "{n|минута|минуты|минут}",
              .hours = "{n|час|часа|часов}",
              .days = "{n|день|дня|дней}"},
    .bot =
        {.ping = "Понг. Davylamp работает; сейчас {time}.",
         .help =
             "/ping - работает ли Davylamp\n/status - серверы и туннели\n/who - кто внутри\n/top - кто передал больше "
             "всех\n/quota ИМЯ - лимиты пользователя\n/help - этот список",
         .nothing_watched = "Пока нет ни серверов, ни агентов.",
         .server_line = "Сервер {name}: {state}, {count|пользователь|пользователя|пользователей}",
         .agent_line = "Туннель {name}: {state}[, выход {exit}][, страна {country}][, сигнал {ago} назад]",
         .users_inside = "Открыто: {count|сеанс|сеанса|сеансов}.",
         .nobody_inside = "Внутри никого нет.",
         .user_line = "{name} на {server}[, {country}], {since}: скачано {down}, отправлено {up}",
         .more = "и ещё {count|сеанс|сеанса|сеансов}",
         .top_heading = "Больше всего в открытых сеансах:",
         .which_user = "Чьи? Напишите /quota ИМЯ.",
         .no_limit = "Для {name} лимитов нет.",
         .quota_line = "Использовано {used} из {allowed} ({percent} %)[, сброс {time}]",
         .quota_stopped = "Ничего не осталось.",
         .acknowledged = "Принято: {name}",
         .noted = "Принято"},
    .conditions = conditions};

}  // namespace davylamp::notify
