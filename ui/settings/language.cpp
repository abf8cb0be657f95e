// SPDX-License-Identifier: Apache-2.0
#include "ui/settings/language.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

#include "ui/theme/resources.h"

namespace ui {

namespace {

/// A child of the application: the words in use, ours and Qt's own (file dialogs).
class LanguageState final : public QObject {
public:
    explicit LanguageState(QCoreApplication& application) : QObject(&application) { setObjectName(QStringLiteral("fuselight_language")); }

    void choose(const QString& code) {
        if (code == current_) return;
        current_ = code;
        QCoreApplication::removeTranslator(&qt_words_);
        QCoreApplication::removeTranslator(&words_);
        if (qt_words_.load(QStringLiteral("qtbase_") + code, QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
            QCoreApplication::installTranslator(&qt_words_);
        if (words_.load(QStringLiteral(":/i18n/fuselight_%1.qm").arg(code))) QCoreApplication::installTranslator(&words_);
    }

private:
    QTranslator qt_words_;
    QTranslator words_;
    QString current_;
};

}  // namespace

QStringList availableLanguages() { return {QStringLiteral("en"), QStringLiteral("ko")}; }

QString languageName(const QString& code) { return code == QStringLiteral("ko") ? QStringLiteral("한국어") : QStringLiteral("English"); }

QString resolvedLanguage(const QString& wanted) {
    const QStringList spoken = availableLanguages();
    if (spoken.contains(wanted)) return wanted;
    const QStringList preferred = QLocale::system().uiLanguages();
    for (const QString& name : preferred) {
        const QString code = name.section(QLatin1Char('-'), 0, 0).toLower();
        if (spoken.contains(code)) return code;
    }
    return spoken.constFirst();
}

void applyLanguage(QCoreApplication& application, const QString& wanted) {
    registerResources();
    const auto name = QStringLiteral("fuselight_language");
    auto* state = static_cast<LanguageState*>(application.findChild<QObject*>(name, Qt::FindDirectChildrenOnly));
    if (!state) state = new LanguageState(application);
    state->choose(resolvedLanguage(wanted));
}

}  // namespace ui
