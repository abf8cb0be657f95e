// SPDX-License-Identifier: Apache-2.0
#include "tests/ui/ui_test.h"
#include "ui/settings/language.h"

#include <QCoreApplication>
#include <QFile>
#include <QMap>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

using namespace Qt::StringLiterals;

namespace {

struct Message {
    QString context;
    QString source;
    QString comment;
    QString type;         ///< empty when finished
    QStringList targets;  ///< one, or one for each plural form
    bool plural = false;

    QString key() const { return context + u'\u0001' + source + u'\u0001' + comment; }
};

QList<Message> readCatalogue(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) qFatal("cannot read %s", qPrintable(path));
    QXmlStreamReader xml(&file);
    QList<Message> messages;
    QString context;
    Message message;
    while (!xml.atEnd()) {
        if (xml.readNext() == QXmlStreamReader::EndElement && xml.name() == u"message"_s) messages.append(message);
        if (!xml.isStartElement()) continue;
        if (xml.name() == u"name"_s) context = xml.readElementText();
        else if (xml.name() == u"message"_s) message = {context, {}, {}, {}, {}, xml.attributes().value(u"numerus"_s) == u"yes"_s};
        else if (xml.name() == u"source"_s) message.source = xml.readElementText();
        else if (xml.name() == u"comment"_s) message.comment = xml.readElementText();
        else if (xml.name() == u"numerusform"_s) message.targets.append(xml.readElementText());
        else if (xml.name() == u"translation"_s) {
            message.type = xml.attributes().value(u"type"_s).toString();
            if (!message.plural) message.targets.append(xml.readElementText());
        }
    }
    if (xml.hasError()) qFatal("%s: %s", qPrintable(path), qPrintable(xml.errorString()));
    return messages;
}

QString catalogue(const QString& language) { return QStringLiteral(FUSELIGHT_SOURCE_DIR "/translations/fuselight_%1.ts").arg(language); }

QStringList placeholders(const QString& text) {
    static const QRegularExpression mark(u"%L?[0-9n]+"_s);
    QStringList found;
    for (auto match = mark.globalMatch(text); match.hasNext();) found.append(match.next().captured());
    found.removeDuplicates();
    found.sort();
    return found;
}

}  // namespace

class TranslationsTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup() { ui::applyLanguage(*qApp, u"en"_s); }

    void everyKoreanEntryIsFinished() {
        const auto messages = readCatalogue(catalogue(u"ko"_s));
        QVERIFY(messages.size() > 200);
        for (const Message& message : messages) {
            QVERIFY2(message.type.isEmpty(), qPrintable(message.type + u": "_s + message.source));
            QVERIFY2(!message.targets.isEmpty() && !message.targets.contains(QString()), qPrintable(message.source));
        }
    }

    void noPlaceholderIsLostOrInvented() {
        for (const QString& language : ui::availableLanguages()) {
            for (const Message& message : readCatalogue(catalogue(language))) {
                for (const QString& target : message.targets) {
                    // A form for one may leave its number out.
                    if (message.plural && message.targets.size() > 1 && &target == &message.targets.first()) continue;
                    QVERIFY2(placeholders(target) == placeholders(message.source), qPrintable(message.source + u" / "_s + target));
                }
            }
        }
    }

    void signsThatMeanSomethingAreKept() {
        for (const Message& message : readCatalogue(catalogue(u"ko"_s))) {
            for (const QString& target : message.targets) {
                QVERIFY2(target.endsWith(u'…') == message.source.endsWith(u'…'), qPrintable(message.source));
                QVERIFY2(target.count(u'\n') == message.source.count(u'\n'), qPrintable(message.source));
                QVERIFY2(target.count(u'\t') == message.source.count(u'\t'), qPrintable(message.source));
                QVERIFY2(target.startsWith(u' ') == message.source.startsWith(u' '), qPrintable(message.source));
                QVERIFY2(target.endsWith(u' ') == message.source.endsWith(u' '), qPrintable(message.source));
            }
        }
    }

    void pluralsHaveAsManyFormsAsTheLanguage() {
        for (const auto& [language, forms] : {std::pair{u"ko"_s, 1}, std::pair{u"en"_s, 2}}) {
            for (const Message& message : readCatalogue(catalogue(language))) {
                if (message.plural) QVERIFY2(message.targets.size() == forms, qPrintable(message.source));
            }
        }
    }

    void everyWordOfTheSourcesIsInTheCatalogues_data() {
        QTest::addColumn<QString>("language");
        for (const QString& language : ui::availableLanguages()) QTest::newRow(qPrintable(language)) << language;
    }
    void everyWordOfTheSourcesIsInTheCatalogues() {
        QFETCH(QString, language);
        const QTemporaryDir folder;
        const QString fresh = folder.filePath(u"fresh.ts"_s);
        QStringList arguments{u"-silent"_s,    u"-I"_s,   QStringLiteral(FUSELIGHT_SOURCE_DIR),
                              u"-locations"_s, u"none"_s, QStringLiteral(FUSELIGHT_SOURCE_DIR "/ui"),
                              u"-ts"_s,        fresh,     u"-target-language"_s,
                              language};
        if (language == u"en"_s) arguments.prepend(u"-pluralonly"_s);
        QProcess lupdate;
        lupdate.start(QStringLiteral(FUSELIGHT_LUPDATE), arguments);
        QVERIFY2(lupdate.waitForFinished(60'000) && lupdate.exitCode() == 0, lupdate.readAllStandardError().constData());
        QStringList known;
        for (const Message& message : readCatalogue(catalogue(language))) known.append(message.key());
        QStringList wanted;
        for (const Message& message : readCatalogue(fresh)) {
            wanted.append(message.key());
            QVERIFY2(known.contains(message.key()), qPrintable(u"missing in %1: %2: %3"_s.arg(language, message.context, message.source)));
        }
        for (const QString& key : std::as_const(known)) QVERIFY2(wanted.contains(key), qPrintable(u"no longer used: "_s + key));
    }

    void theProgramCarriesTheKoreanWords() {
        ui::applyLanguage(*qApp, u"ko"_s);
        for (const Message& message : readCatalogue(catalogue(u"ko"_s))) {
            const QString seen =
                QCoreApplication::translate(message.context.toUtf8().constData(), message.source.toUtf8().constData(),
                                            message.comment.isEmpty() ? nullptr : message.comment.toUtf8().constData(), message.plural ? 3 : -1);
            const QString wanted = message.plural ? QString(message.targets.first()).replace(u"%n"_s, u"3"_s) : message.targets.first();
            QCOMPARE(seen, wanted);
        }
    }

    void englishCountsRight() {
        QCOMPARE(QCoreApplication::translate("ui::JobText", "%n pictures", nullptr, 2), u"2 pictures"_s);
        QCOMPARE(QCoreApplication::translate("ui::JobText", "%n pictures", nullptr, 1), u"1 picture"_s);
    }
};

UI_TEST(translations, TranslationsTest);

#include "translations_test.moc"
