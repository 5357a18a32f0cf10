#include "notify/words/catalogue.hpp"

namespace davylamp::notify {
namespace {

using enum model::ConditionKind;

// clang-format off: it takes the bytes of joiners for columns, and breaks the sentences anew at every run
constexpr ConditionWords conditions[] = {
    {agent_down, "{subject} خاموش است",
     "گزارش به‌موقع نرسید.[ آخرین گزارش: {since}.][ هر {expected} یک گزارش انتظار می‌رود.][ "
     "محل: "
     "{site}.]",
     "{subject} دوباره گزارش می‌دهد"},
    {agent_failed, "{subject} از خرابی خبر می‌دهد", "عامل خودش خبر داد.[ {detail}]",
     "{subject} دیگر خرابی گزارش نمی‌کند"},
    {agent_bypass, "ترافیک {subject} از تونل نمی‌گذرد",
     "ترافیک از نشانی واقعی محل بیرون می‌رود، نه از تونل.[ خروجی: {exit}.][ کشور: {country}.][ "
     "شبکه: "
     "{network}.]",
     "ترافیک {subject} دوباره از تونل می‌گذرد"},
    {agent_dns_leak, "نشت DNS در {subject}",
     "نام‌ها بیرون از تونل پرسیده می‌شوند.[ پاسخ‌دهنده: {resolver}.][ کشور آن: {resolver_country}.][ کشور "
     "خروجی: "
     "{country}.]",
     "نشت DNS در {subject} پایان یافت"},
    {agent_ipv6_leak, "نشت IPv6 در {subject}", "IPv6 از کنار تونل بیرون می‌رود.[ {detail}]",
     "نشت IPv6 در {subject} پایان یافت"},
    {agent_unexpected_exit, "خروجی {subject} نامنتظره است",
     "ترافیک از جایی دیگر بیرون می‌رود.[ خروجی: {exit}.][ کشور: {country}.][ شبکه: {network}.][ "
     "انتظار: "
     "{expected}.]",
     "خروجی {subject} دوباره درست است"},
    {agent_exit_changed, "خروجی {subject} عوض شد",
     "نشانی عمومی تونل تغییر کرد.[ اکنون: {exit}.][ کشور: {country}.][ شبکه: {network}.]",
     "خروجی {subject} دیگر عوض نمی‌شود"},
    {agent_tunnel_down, "تونل {subject} قطع است",
     "عامل زنده است و خودش خبر می‌دهد.[ {detail}]", "تونل {subject} دوباره برقرار است"},
    {agent_degraded, "تونل {subject} بدتر از معمول است", "اتلاف یا تأخیر زیاد است.[ {detail}]",
     "تونل {subject} مثل همیشه است"},
    {site_down, "عامل‌های زیادی هم‌زمان خاموش‌اند[: {site}]",
     "[{count|عامل} با هم خاموش شدند][ از {limit}]. درباره‌ی هر یک جداگانه خبر "
     "داده "
     "نمی‌شود.",
     "عامل‌ها دوباره گزارش می‌دهند[: {site}]"},
    {server_down, "سرور {subject} از کار افتاده است", "سرور در دسترس نیست.[ {detail}]",
     "سرور {subject} دوباره کار می‌کند"},
    {server_degraded, "سرور {subject} مشکل دارد",
     "پاسخ‌ها دیر می‌رسند یا نمی‌رسند.[ {detail}]", "سرور {subject} دوباره سالم است"},
    {quota_near, "سهمیه‌ی {subject} رو به پایان است",
     "[مصرف: {detail}][ از {limit}][ ({percent}٪)].[ بازنشانی: {time}.]", "{subject} دوباره از سقف دور است"},
    {quota_reached, "سهمیه‌ی {subject} تمام شد", "[مصرف: {detail}][ از {limit}].[ بازنشانی: {time}.]",
     "{subject} دوباره زیر سقف است"},
    {user_connected, "{subject} وصل شد",
     "کاربر {subject} وصل شد[ به {detail}].[ کشور: {country}.][ شهر: {city}.][ شبکه: {network}.]", "{subject} وصل شد"},
    {user_disconnected, "{subject} قطع شد", "کاربر {subject} قطع شد[ از {detail}].", "{subject} قطع شد"},
    {user_new_country, "{subject} در کشوری تازه است",
     "کاربر {subject} از کشوری آمد که پیش‌تر دیده نشده بود.[ کشور: {country}.][ شهر: {city}.][ "
     "شبکه: "
     "{network}.]"
     "[ پیش‌تر: {before}.]",
     "{subject} در کشوری تازه است"},
    {user_absent, "{subject} وصل نشده است", "کاربر {subject} تا {time} وصل نشد.[ {detail}]",
     "{subject} سرانجام وصل شد"},
    {user_returns, "{subject} پی‌درپی برمی‌گردد",
     "کاربر رد می‌شود و باز می‌کوشد.[ {detail}]", "{subject} دیگر نمی‌کوشد"},
    {attempts_many, "تلاش‌های زیاد: {subject}",
     "تلاش‌ها بسیار بیش از معمول است.[ تعداد: {count}.][ {detail}]",
     "تلاش‌ها دوباره معمولی است: {subject}"},
    {certificate_expires, "گواهی {subject} رو به انقضاست", "[اعتبار تا {time}.][ {count|روز} مانده است.][ {detail}]",
     "گواهی‌های {subject} دوباره معتبرند"},
    {job_failed, "کار {subject} انجام نشد", "کار به پایان نرسید.[ {detail}]",
     "کار {subject} دوباره انجام می‌شود"},
    {warning, "هشدار زودهنگام: {subject}", "چیزی در حال تغییر است.[ {detail}]", "هشدار زودهنگام برطرف شد: {subject}"},
};

}  // namespace

constinit const Catalogue persian{
    .frame = {.again = "هنوز: {title}",
              .began = "از {began}",
              .lasted = "{duration} طول کشید: از {began} تا {ended}",
              .so_far = "{duration} است، از {began}",
              .others = "و {others|رویداد} دیگر[: {names}].",
              .acknowledge = "دیدم",
              .test_title = "Davylamp: آزمایش",
              .test_text =
                  "این آزمایش کانال {channel} است. اگر آن را می‌خوانید، کار "
                  "می‌کند.",
              .seconds = "{n|ثانیه}",
              .minutes = "{n|دقیقه}",
              .hours = "{n|ساعت}",
              .days = "{n|روز}"},
    .bot = {.ping = "پونگ. Davylamp زنده است؛ اکنون {time}.",
            .help = "/ping - آیا Davylamp زنده است\n/status - سرورها و تونل‌ها\n/who - چه کسی درون است\n/top "
                    "- "
                    "بیشترین ترافیک\n"
                    "/quota USER - سهمیه‌ی کاربر\n/help - همین فهرست",
            .nothing_watched = "هنوز هیچ سرور و عاملی شناخته نشده است.",
            .server_line = "سرور {name}: {state}، {count|کاربر}",
            .agent_line = "تونل {name}: {state}[، خروجی {exit}][ در {country}][، {ago} پیش]",
            .users_inside = "{count|نشست} باز است.",
            .nobody_inside = "هیچ‌کس درون نیست.",
            .user_line = "{name} روی {server}[، {country}]، {since}: دریافت {down}، ارسال {up}",
            .more = "و {count|نشست} دیگر",
            .top_heading = "بیشترین ترافیک در نشست‌های باز:",
            .which_user = "سهمیه‌ی چه کسی؟ بنویسید ‎/quota USER",
            .no_limit = "{name} سقفی ندارد.",
            .quota_line = "{used} از {allowed} مصرف شد ({percent}٪)[، بازنشانی {time}]",
            .quota_stopped = "چیزی نمانده است.",
            .acknowledged = "دیده شد: {name}",
            .noted = "دیده شد"},
    .conditions = conditions};

}  // namespace davylamp::notify
