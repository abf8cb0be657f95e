// SPDX-License-Identifier: Apache-2.0
#include "tests/ui/ui_test.h"
#include "ui/theme/desktop_scheme.h"
#include "ui/theme/fold.h"
#include "ui/theme/painting.h"
#include "ui/theme/resources.h"
#include "ui/theme/segmented_control.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QComboBox>
#include <QDirIterator>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QRegularExpression>
#include <QStyle>
#include <QTest>

#include <cmath>

using namespace Qt::StringLiterals;

namespace {

/// WCAG 2: relative luminance of an opaque sRGB colour.
double luminance(const QColor& color) {
    const auto linear = [](double value) { return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

double contrast(const QColor& one, const QColor& other) {
    const double a = luminance(one);
    const double b = luminance(other);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

QColor over(const QColor& top, const QColor& under) {
    const double alpha = top.alphaF();
    const auto mix = [alpha](double above, double below) { return static_cast<float>(above * alpha + below * (1 - alpha)); };
    return QColor::fromRgbF(mix(top.redF(), under.redF()), mix(top.greenF(), under.greenF()), mix(top.blueF(), under.blueF()));
}

using Role = QColor ui::theme::Palette::*;

struct Pair {
    const char* name;
    Role ink;
    Role ground;
};

using P = ui::theme::Palette;

constexpr Pair text_pairs[] = {
    {"text on canvas", &P::text, &P::canvas},
    {"text on chrome", &P::text, &P::chrome},
    {"text on raised", &P::text, &P::raised},
    {"text on raised under the pointer", &P::text, &P::raised_hover},
    {"text on raised while pressed", &P::text, &P::raised_pressed},
    {"text in a field", &P::text, &P::field},
    {"selected text", &P::text, &P::selection},
    {"secondary text on canvas", &P::text_secondary, &P::canvas},
    {"secondary text on chrome", &P::text_secondary, &P::chrome},
    {"secondary text on raised", &P::text_secondary, &P::raised},
    {"secondary text on raised under the pointer", &P::text_secondary, &P::raised_hover},
    {"secondary text on a selected row", &P::text_secondary, &P::raised_pressed},
    {"secondary text in a field", &P::text_secondary, &P::field},
    {"text on the primary button", &P::accent_text, &P::accent},
    {"text on the primary button under the pointer", &P::accent_text, &P::accent_hover},
    {"text on the primary button while pressed", &P::accent_text, &P::accent_pressed},
    {"failure on chrome", &P::danger, &P::chrome},
    {"failure on raised", &P::danger, &P::raised},
    {"failure on a selected row", &P::danger, &P::raised_pressed},
    {"warning on chrome", &P::warning, &P::chrome},
    {"warning on raised", &P::warning, &P::raised},
    {"link in a field", &P::focus, &P::field},
};

constexpr Pair control_pairs[] = {
    {"outline on chrome", &P::control_line, &P::chrome},
    {"outline of a field", &P::control_line, &P::field},
    {"focus on chrome", &P::focus, &P::chrome},
    {"focus on canvas", &P::focus, &P::canvas},
    {"focus on raised", &P::focus, &P::raised},
    {"focus on a field", &P::focus, &P::field},
    {"primary button on chrome", &P::accent, &P::chrome},
    {"progress on its track", &P::focus, &P::hairline},
    {"stars on canvas", &P::star_outline, &P::canvas},
    {"stars on chrome", &P::star_outline, &P::chrome},
    {"empty stars on canvas", &P::text_secondary, &P::canvas},
    {"failure's outline on canvas", &P::danger, &P::canvas},
};

const P* paletteNamed(const QString& name) { return name == u"dark"_s ? &ui::theme::darkPalette() : &ui::theme::lightPalette(); }

QStringList sourceFiles() {
    QStringList files;
    QDirIterator all(QStringLiteral(FUSELIGHT_SOURCE_DIR "/ui"), {u"*.cpp"_s}, QDir::Files, QDirIterator::Subdirectories);
    while (all.hasNext()) files.append(all.next());
    return files;
}

}  // namespace

class ThemeTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { ui::registerResources(); }
    void cleanup() { ui::applyTheme(*qApp, app::Theme::dark); }

    void textCanBeRead_data() { addPairs(text_pairs); }
    void textCanBeRead() { verifyContrast(4.5); }

    void controlsCanBeSeen_data() { addPairs(control_pairs); }
    void controlsCanBeSeen() { verifyContrast(3.0); }

    void wordsOnAPlateCanBeReadOverAnyPicture_data() { addPalettes(); }
    void wordsOnAPlateCanBeReadOverAnyPicture() {
        QFETCH(QString, palette);
        const P& p = *paletteNamed(palette);
        for (const QColor picture : {QColor(Qt::white), QColor(Qt::black), QColor(Qt::yellow)}) {
            QVERIFY(contrast(p.overlay_text, over(p.overlay, picture)) >= 4.5);
            QVERIFY(contrast(p.overlay_text, over(p.overlay_hover, over(p.overlay, picture))) >= 4.5);
            QVERIFY(contrast(p.star, over(p.overlay, picture)) >= 3.0);
        }
    }

    void theCanvasIsNeutral_data() { addPalettes(); }
    void theCanvasIsNeutral() {
        QFETCH(QString, palette);
        const P& p = *paletteNamed(palette);
        for (const QColor& grey : {p.canvas, p.chrome, p.raised, p.field, p.checker_light, p.checker_dark}) {
            QCOMPARE(grey.red(), grey.green());
            QCOMPARE(grey.green(), grey.blue());
            QCOMPARE(grey.alpha(), 255);
        }
        QCOMPARE(p.canvas.red(), p.is_dark ? 30 : 200);
    }

    void everyIconThatIsNamedExists() {
        static const QRegularExpression call(u"(icon|FlatButton|OverlayButton|setIconName|addSegment|addButton|setWords|Command::)"_s);
        static const QRegularExpression literal(u"\"([a-z][a-z0-9]*(?:-[a-z0-9]+)*)\""_s);
        static const QRegularExpression other(u"setObjectName|setProperty|property\\("_s);
        int found = 0;
        const QStringList files = sourceFiles();
        QVERIFY(files.size() > 40);
        for (const QString& path : files) {
            if (path.contains(u"/command_line/"_s) || path.contains(u"/start/"_s)) continue;
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            while (!file.atEnd()) {
                const QString line = QString::fromUtf8(file.readLine());
                if (!line.contains(call) || line.contains(other)) continue;
                for (auto match = literal.globalMatch(line); match.hasNext();) {
                    const QString name = match.next().captured(1);
                    ++found;
                    QVERIFY2(QFile::exists(u":/icons/%1.svg"_s.arg(name)), qPrintable(name + u" in "_s + path));
                }
            }
        }
        QVERIFY(found > 50);
    }

    void anIconIsDrawnInTheThemesColour_data() { addPalettes(); }
    void anIconIsDrawnInTheThemesColour() {
        QFETCH(QString, palette);
        const P& p = *paletteNamed(palette);
        ui::applyTheme(*qApp, p.is_dark ? app::Theme::dark : app::Theme::light);
        QCOMPARE(strongestInk(ui::icon("square").pixmap(64, 64)), p.text);
        QCOMPARE(strongestInk(ui::icon("square", ui::IconTone::danger).pixmap(64, 64)), p.danger);
        QCOMPARE(strongestInk(ui::icon("square").pixmap(QSize(64, 64), 1.0, QIcon::Disabled)), p.text_disabled);
    }

    void anIconIsSharpAtTwiceThePixels() {
        const QPixmap icon = ui::icon("square").pixmap(QSize(16, 16), 2.0);
        QCOMPARE(icon.size(), QSize(32, 32));
        QCOMPARE(icon.devicePixelRatio(), 2.0);
    }

    void anUnknownIconIsNullAndSaidInTheLog() {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"no icon named"_s));
        QVERIFY(ui::icon("no-such-icon").isNull());
    }

    void theThemeChangesWhileTheWindowIsOpen() {
        QWidget window;
        QPushButton button(u"Save"_s, &window);
        window.show();
        ui::applyTheme(*qApp, app::Theme::light);
        QTRY_VERIFY(!ui::colors(&button).is_dark);  // windows hear of it from the event loop
        QCOMPARE(window.palette().color(QPalette::Window), ui::theme::lightPalette().chrome);
        ui::applyTheme(*qApp, app::Theme::dark);
        QTRY_VERIFY(ui::colors(&button).is_dark);
        QCOMPARE(button.palette().color(QPalette::ButtonText), ui::theme::darkPalette().text);
    }

    void theSystemThemeIsWhatTheDesktopPrefers() {
        ui::theme::DesktopScheme dark(true);
        ui::theme::DesktopScheme light(false);
        QVERIFY(dark.isDark());
        QVERIFY(!light.isDark());
        QVERIFY(!light.reducesMotion());
        ui::applyTheme(*qApp, app::Theme::system);  // no portal answers here; the platform's own palette decides
        QVERIFY(qApp->palette().color(QPalette::Window) == ui::theme::lightPalette().chrome ||
                qApp->palette().color(QPalette::Window) == ui::theme::darkPalette().chrome);
    }

    void controlsHaveOneHeight() {
        QWidget window;
        QPushButton button(u"Save"_s, &window);
        QLineEdit edit(&window);
        QComboBox box(&window);
        box.addItem(u"one"_s);
        for (QWidget* control : {static_cast<QWidget*>(&button), static_cast<QWidget*>(&edit), static_cast<QWidget*>(&box)})
            QCOMPARE(control->sizeHint().height(), ui::theme::control_height);
    }

    void theFileDialogHasTheSameIcons() {
        const auto* style = QApplication::style();
        QCOMPARE(style->standardIcon(QStyle::SP_ArrowBack).name(), u"arrow-left"_s);
        QCOMPARE(style->standardIcon(QStyle::SP_FileDialogToParent).name(), u"arrow-up"_s);
        QCOMPARE(style->standardIcon(QStyle::SP_FileDialogDetailedView).name(), u"list"_s);
        QCOMPARE(style->standardIcon(QStyle::SP_DirIcon).name(), u"folder"_s);
    }

    void typeComesInFourSizes() {
        QCOMPARE(QApplication::font().pixelSize(), ui::theme::text_body);
        QCOMPARE(ui::theme::font(ui::theme::text_title).pixelSize(), 20);
        QCOMPARE(ui::theme::font(ui::theme::text_caption, QFont::DemiBold).weight(), QFont::DemiBold);
    }

    void theCheckerboardAlternates() {
        const P& p = ui::theme::darkPalette();
        QImage image(4 * ui::theme::checker_square, 4 * ui::theme::checker_square, QImage::Format_RGB32);
        QPainter painter(&image);
        ui::theme::paintCheckerboard(painter, image.rect(), p);
        painter.end();
        for (int row = 0; row < 4; ++row) {
            for (int column = 0; column < 4; ++column) {
                const QColor seen = image.pixelColor(column * ui::theme::checker_square + 3, row * ui::theme::checker_square + 3);
                const bool first = image.pixelColor(3, 3) == seen;
                QCOMPARE(first, (row + column) % 2 == 0);
                QVERIFY(seen == p.checker_light || seen == p.checker_dark);
            }
        }
    }

    void aHairlineIsOneDevicePixel() {
        QImage image(20, 20, QImage::Format_RGB32);
        image.setDevicePixelRatio(2.0);
        image.fill(Qt::black);
        QPainter painter(&image);
        ui::theme::paintHairline(painter, QRectF(0, 0, 10, 10), Qt::BottomEdge, Qt::white);
        painter.end();
        int lines = 0;
        for (int y = 0; y < image.height(); ++y) lines += image.pixelColor(10, y) == QColor(Qt::white);
        QCOMPARE(lines, 1);
        QCOMPARE(image.pixelColor(10, 19), QColor(Qt::white));
    }

    void aFoldOpensByClickAndKeyAndSaysSo() {
        ui::Fold fold(new QPushButton(u"inside"_s));
        fold.setTitle(u"Negative prompt"_s);
        fold.show();
        auto* header = fold.findChild<QAbstractButton*>(u"fold_header"_s);
        QVERIFY(header != nullptr);
        QVERIFY(!fold.isExpanded());
        QTest::mouseClick(header, Qt::LeftButton);
        QVERIFY(fold.isExpanded());
        QCOMPARE(header->accessibleName(), u"Negative prompt"_s);
        QTest::keyClick(header, Qt::Key_Space);
        QVERIFY(!fold.isExpanded());
        fold.setHint(u"in use"_s);
        QVERIFY(header->text().contains(u"in use"_s));
    }

    void aSegmentIsChosenByClickAndStaysTheOnlyOne() {
        ui::SegmentedControl control;
        for (int i = 0; i < 3; ++i) control.setSegmentText(control.addSegment(), QString::number(i));
        control.show();
        int chosen = -1;
        connect(&control, &ui::SegmentedControl::chosen, this, [&chosen](int index) { chosen = index; });
        const auto segments = control.findChildren<QToolButton*>();
        QTest::mouseClick(segments.at(2), Qt::LeftButton);
        QCOMPARE(chosen, 2);
        QCOMPARE(control.current(), 2);
        control.setCurrent(1);
        QCOMPARE(chosen, 2);  // quiet
        QVERIFY(!segments.at(2)->isChecked());
    }

    void theChosenSegmentStandsOut_data() { addPalettes(); }
    void theChosenSegmentStandsOut() {
        QFETCH(QString, palette);
        ui::applyTheme(*qApp, palette == u"dark"_s ? app::Theme::dark : app::Theme::light);
        ui::SegmentedControl control;
        for (int i = 0; i < 2; ++i) control.setSegmentText(control.addSegment(), u"x"_s);
        control.resize(200, 28);
        control.setCurrent(1);
        const QImage seen = control.grab().toImage();
        const QColor chosen = seen.pixelColor(190, 7);
        const QColor other = seen.pixelColor(10, 7);
        QVERIFY2(contrast(chosen, other) > 1.3, qPrintable(chosen.name() + other.name()));
    }

private:
    static void addPalettes() {
        QTest::addColumn<QString>("palette");
        QTest::newRow("dark") << u"dark"_s;
        QTest::newRow("light") << u"light"_s;
    }

    template <std::size_t count> static void addPairs(const Pair (&pairs)[count]) {
        QTest::addColumn<QString>("palette");
        QTest::addColumn<QColor>("ink");
        QTest::addColumn<QColor>("ground");
        for (const auto& palette : {u"dark"_s, u"light"_s}) {
            for (const Pair& pair : pairs)
                QTest::addRow("%s, %s", qPrintable(palette), pair.name)
                    << palette << paletteNamed(palette)->*pair.ink << paletteNamed(palette)->*pair.ground;
        }
    }

    static void verifyContrast(double least) {
        QFETCH(QColor, ink);
        QFETCH(QColor, ground);
        const double found = contrast(ink, ground);
        QVERIFY2(found >= least, qPrintable(u"%1 on %2 has %3:1"_s.arg(ink.name(), ground.name()).arg(found, 0, 'f', 2)));
    }

    static QColor strongestInk(const QPixmap& pixmap) {
        const QImage image = pixmap.toImage().convertToFormat(QImage::Format_ARGB32);
        QColor strongest(Qt::transparent);
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                if (image.pixelColor(x, y).alpha() > strongest.alpha()) strongest = image.pixelColor(x, y);
            }
        }
        return strongest;
    }
};

UI_TEST(theme, ThemeTest);

#include "theme_test.moc"
