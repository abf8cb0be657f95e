// SPDX-License-Identifier: Apache-2.0
#include "ui/settings/about_window.h"

#include <QCoreApplication>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QTextBrowser>
#include <QVBoxLayout>
#include <array>

#include "ui/theme/resources.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int window_width = 520;
constexpr int window_height = 480;
constexpr int logo_side = 48;

struct Credit {
    const char* name;
    const char* licence;
    const char* address;
};

constexpr std::array<Credit, 8> credits = {{
    {"Qt 6", "LGPL-3.0", "https://www.qt.io"},
    {"PyTorch (libtorch)", "BSD-3-Clause", "https://pytorch.org"},
    {"OpenImageIO", "Apache-2.0", "https://openimageio.org"},
    {"SentencePiece", "Apache-2.0", "https://github.com/google/sentencepiece"},
    {"nlohmann/json", "MIT", "https://json.nlohmann.me"},
    {"tl::expected", "CC0-1.0", "https://github.com/TartanLlama/expected"},
    {"Lucide", "ISC", "https://lucide.dev"},
    {"Gemma 3", "Gemma Terms of Use", "https://ai.google.dev/gemma/terms"},
}};

QString creditRow(const Credit& credit) {
    return QStringLiteral("<tr><td style='padding-right:16px'><a href='%3'>%1</a></td><td>%2</td></tr>")
        .arg(QString::fromLatin1(credit.name).toHtmlEscaped(), QString::fromLatin1(credit.licence).toHtmlEscaped(),
             QString::fromLatin1(credit.address));
}
}  // namespace

AboutWindow::AboutWindow(QWidget* parent) : QDialog(parent) {
    registerResources();
    setObjectName(QStringLiteral("about_window"));
    setModal(false);
    auto* logo = new QLabel(this);
    logo->setPixmap(QIcon(QStringLiteral(":/icons/app/fuselight.svg")).pixmap(QSize(logo_side, logo_side), devicePixelRatioF()));
    title_ = new QLabel(this);
    title_->setFont(theme::font(theme::text_title, QFont::DemiBold));
    version_ = new QLabel(this);
    version_->setForegroundRole(QPalette::PlaceholderText);
    credits_ = new QTextBrowser(this);
    credits_->setOpenExternalLinks(true);

    auto* words = new QVBoxLayout;
    words->setSpacing(0);
    words->addWidget(title_);
    words->addWidget(version_);
    auto* head = new QHBoxLayout;
    head->setSpacing(theme::space_m);
    head->addWidget(logo);
    head->addLayout(words, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::space_xl, theme::space_xl, theme::space_xl, theme::space_xl);
    column->setSpacing(theme::space_l);
    column->addLayout(head);
    column->addWidget(credits_, 1);
    resize(window_width, window_height);
    retranslate();
}

void AboutWindow::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange || event->type() == QEvent::PaletteChange) retranslate();
    QDialog::changeEvent(event);
}

void AboutWindow::retranslate() {
    setWindowTitle(tr("About Fuselight"));
    title_->setText(QStringLiteral("Fuselight"));
    const QString version = QCoreApplication::applicationVersion();
    version_->setText(version.isEmpty() ? tr("A studio for drawing with words") : tr("Version %1 · a studio for drawing with words").arg(version));
    credits_->setAccessibleName(tr("Licences"));
    QString html = QStringLiteral("<p>%1</p><p>%2</p><p>%3</p><table>")
                       .arg(tr("Fuselight is free software under the Apache License 2.0. It draws on this computer; nothing is sent anywhere."),
                            tr("The starter model ships with Fuselight. The text model is fetched by you, under its own terms."),
                            tr("Fuselight stands on the work of others:"));
    for (const Credit& credit : credits) html += creditRow(credit);
    credits_->setHtml(html + QStringLiteral("</table>"));
}

}  // namespace ui
